#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Holds the transcripts in README.md, SECURITY.md and docs/*.md to the truth.

Every ```console block is run, each page's in a copy of examples/ of its own; each line that begins
with `$ ` is a command, and what follows is what it must print, standard error included. A line of
`...` stands for any lines. Whatever links to a file in the pages must lead to one."""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402

EXAMPLES = os.path.join(common.ROOT, 'examples')


def pages():
    names = [os.path.join(common.ROOT, name)
             for name in ('README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md')]
    return [name for name in names if os.path.exists(name)] + sorted(
        glob.glob(os.path.join(common.ROOT, 'docs', '*.md')))


def commands_of(text):
    for block in re.findall(r'^```console\n(.*?)^```', text, re.MULTILINE | re.DOTALL):
        for part in re.split(r'^\$ ', block, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition('\n')
            while command.endswith('\\'):
                more, _, expected = expected.partition('\n')
                command += '\n' + more
            yield command, expected


def is_as_expected(expected, printed):
    pattern = ''.join('(?:.*\n)*?' if line == '...\n' else re.escape(line)
                      for line in expected.splitlines(keepends=True))
    return re.fullmatch(pattern, printed) is not None


def broken_links(page, text):
    text = re.sub(r'^```.*?^```', '', text, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r'\]\(([^)#]+)[^)]*\)', text):
        if '://' not in target and not os.path.exists(os.path.join(os.path.dirname(page), target)):
            yield target


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    parser.add_argument('pages', nargs='*', help='the pages to hold (all)')
    options = parser.parse_args()
    count, failed = 0, 0
    with tempfile.TemporaryDirectory() as tools:
        common.write_program(tools, common.program(options))
        environment = {**os.environ, 'PATH': tools + ':' + os.environ['PATH']}
        for page in [os.path.abspath(page) for page in options.pages] or pages():
            name = os.path.relpath(page, common.ROOT)
            with open(page, encoding='utf-8') as file:
                text = file.read()
            for target in broken_links(page, text):
                failed += 1
                print(f'FAILED {name}: there is no {target}')
            with tempfile.TemporaryDirectory() as folder:
                here = os.path.join(folder, 'examples')
                shutil.copytree(EXAMPLES, here)
                for command, expected in commands_of(text):
                    count += 1
                    done = subprocess.run(command, shell=True, text=True, stdout=subprocess.PIPE,
                                          stderr=subprocess.STDOUT, env=environment, cwd=here,
                                          stdin=subprocess.DEVNULL, timeout=options.timeout)
                    if not is_as_expected(expected, done.stdout):
                        failed += 1
                        print(f'FAILED {name}: {command}\n  it says:\n{expected}\n'
                              f'  it prints:\n{done.stdout}')
    print(f'pages: {count} commands, {failed} failures')
    return 1 if failed or not count else 0


if __name__ == '__main__':
    sys.exit(main())
