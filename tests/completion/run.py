#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Completions and manual page: every option of every verb's help is in each of them; each script is
one that its shell reads (where the shell is there); and bash completes what a person would type."""
import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402

# The words before the cursor, the last one unfinished, and what is offered.
CASES = [
    (['--tim'], ['--timeout']),
    (['run', '--max-'], ['--max-memory', '--max-table']),
    (['valid'], ['validate']),
    (['validate', '--fea'], ['--features']),
    (['inspect', '--'], ['--help', '--sizes', '--json']),
    (['run', '--validate', ''], ['eager', 'lazy']),
    (['run', '--validate', '=', 'l'], ['lazy']),
    (['completion', ''], ['bash', 'fish', 'zsh']),
    (['run', '--dir', ''], ['folder']),
    (['--dir', 'fo'], ['folder']),
    (['run', '--fuel', ''], []),
    (['run', 'app'], ['app.wasm']),
    (['app'], ['app.wasm']),
]


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    options = parser.parse_args()
    program = common.program(options)
    failed = 0

    def fail(text):
        nonlocal failed
        failed += 1
        print('FAILED ' + text)

    def output(*words):
        done = common.run(program + list(words), options.timeout)
        if done.code != 0:
            fail(f'{" ".join(words)} ends with {done.code}')
        return common.text(done.out)

    verbs = re.findall(r'^  (\w+) +\S', output('--help').split('FILE is a module')[0], re.MULTILINE)
    if len(verbs) < 8:
        fail(f'the verbs are {verbs}')
    scripts = {shell: output('completion', shell) for shell in ('bash', 'zsh', 'fish')}
    manual = output('manual').replace('\\-', '-')
    count = 0
    for verb in verbs:
        section = manual.split(f'.SH {verb.upper()}\n')
        if len(section) != 2:
            fail(f'the manual has {len(section) - 1} sections about {verb}')
            continue
        section = section[1].split('.SH ')[0]
        table = output(verb, '--help').split('\noptions:\n')[1].split('\n\n')[0]
        for line in table.split('\n'):
            for name in re.findall(r'(?<=[ ])--?[\w-]+', line[:28] if line[2:3] == '-' else ''):
                count += 1
                short = name.lstrip('-')
                fish = f' -l {short}' if name.startswith('--') else f' -s {short}'
                for where, there in (('manual', f'\\fB{name}\\fR' in section),
                                     ('bash', f'{name} ' in scripts['bash']),
                                     ('zsh', f'*{name}' in scripts['zsh']),
                                     ('fish', fish in scripts['fish'])):
                    if not there:
                        fail(f'{verb} {name} is missing in {where}')

    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, 'folder'))
        with open(os.path.join(folder, 'app.wasm'), 'w', encoding='utf-8'):
            pass
        paths = {}
        for shell, script in scripts.items():
            paths[shell] = os.path.join(folder, '.' + shell)
            with open(paths[shell], 'w', encoding='utf-8') as file:
                file.write(script)
            if shutil.which(shell):
                done = common.run([shell, '-n', paths[shell]], options.timeout)
                if done.code != 0 or done.err:
                    fail(f'{shell} does not read it: {common.text(done.err)}')
        if shutil.which('bash'):
            for words, expected in CASES:
                count += 1
                line = shlex.join(['waxwing'] + words)
                done = subprocess.run(
                    ['bash', '--norc', '-c',
                     f'. {paths["bash"]}; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _waxwing; '
                     'printf "%s\\n" "${COMPREPLY[@]}"'],
                    cwd=folder, text=True, capture_output=True, timeout=options.timeout,
                    stdin=subprocess.DEVNULL)
                offered = sorted(done.stdout.split())
                if offered != sorted(expected) or done.stderr:
                    fail(f'{line} is completed by {offered}, not {sorted(expected)} {done.stderr}')
        if shutil.which('man') and shutil.which('groff'):
            with open(os.path.join(folder, '.man'), 'w', encoding='utf-8') as file:
                file.write(output('manual'))
            done = common.run(['man', '--warnings', '-l', os.path.join(folder, '.man')],
                              options.timeout, env={**os.environ, 'MANPAGER': 'cat'})
            if done.code != 0 or done.err:
                fail(f'man complains: {common.text(done.err)}')
    print(f'completion and manual: {count} checks, {failed} failures')
    return 1 if failed or not count else 0


if __name__ == '__main__':
    sys.exit(main())
