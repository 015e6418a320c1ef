#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Guest tests: real C and C++ programs, built for WASI and run by Waxwing.

    run.py [--bless] [--native] [--engine interp|aot|native] [--level N] [--waxwing PROGRAM] [NAME ...]

Every source of this folder is a test. Each is built with clang and wasi-libc at several levels of
optimisation, each build is run, and standard output and exit code must be those of NAME.expected.
Comments at the top of the source say more:

    // ARGS: WORDS       arguments, as a shell splits them
    // ENV: K=V ...      environment; the guest gets nothing else
    // STDIN: TEXT       standard input, with \\n escapes
    // EXIT: N           the exit code (0)
    // DIR: yes          the program gets a new, empty folder as /tmp
    // NATIVE: no        the program makes sense as a guest only
    // STDERR: REGEX     what standard error must contain
    // FLAGS: WORDS      more for the compiler of the guest
    // OPTIONS: WORDS    more for `waxwing run`

With --engine native each build is made into an executable (`waxwing native`), which runs without
anything else: in an empty folder that is its root, where the tests may do that.

--native also builds each for this machine and holds it to the same expectation, so that what is
expected has a second source; --bless rewrites NAME.expected, from the native build where there is
one.
"""
import argparse
import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTIVE = re.compile(r'// (ARGS|ENV|STDIN|EXIT|DIR|NATIVE|STDERR|FLAGS|OPTIONS): (.*)$')
BUILDS = {
    'O0': ['-O0', '-g'],
    'O2': ['-O2', '-g'],
    'simd': ['-O3', '-msimd128', '-mbulk-memory', '-msign-ext', '-mnontrapping-fptoint'],
}

SKIPPED = 77


class Guest:
    def __init__(self, source, folder, engine, as_executable=False):
        self.source = source
        self.as_executable = as_executable
        self.engine = engine
        self.name = os.path.splitext(os.path.basename(source))[0]
        self.folder = folder
        self.said = {}
        for line in open(source, encoding='utf-8'):
            found = DIRECTIVE.match(line)
            if found:
                self.said[found.group(1)] = found.group(2)
        self.args = shlex.split(self.said.get('ARGS', ''))
        self.env = dict(p.split('=', 1) for p in shlex.split(self.said.get('ENV', '')))
        self.stdin = ast.literal_eval("'" + self.said.get('STDIN', '') + "'").encode()
        self.flags = shlex.split(self.said.get('FLAGS', ''))
        self.options = shlex.split(self.said.get('OPTIONS', ''))
        self.exit = int(self.said.get('EXIT', '0'))
        self.expected_file = os.path.splitext(source)[0] + '.expected'

    def expected(self):
        try:
            with open(self.expected_file, encoding='utf-8') as file:
                return file.read()
        except FileNotFoundError:
            return ''

    def build(self, kind):
        """The program's path; rebuilt when the source is newer."""
        native = kind == 'native'
        output = os.path.join(self.folder, self.name + ('' if native else f'.{kind}.wasm'))
        if os.path.exists(output) and os.path.getmtime(output) > os.path.getmtime(self.source):
            return output
        if native:
            compiler = 'clang++-22' if self.source.endswith('.cc') else 'clang-22'
            command = [compiler, '-O1', self.source, '-o', output, '-lm']
        else:
            command = [os.path.join(common.ROOT, 'scripts', 'wasi-cc'), *BUILDS[kind], *self.flags,
                       self.source,
                       '-Wl,-z,stack-size=1048576', '-o', output]
        if self.source.endswith('.cc'):
            command.append('-std=c++20')
        subprocess.run(command, check=True)
        return output

    def executable(self, path, program):
        """The native executable of a build."""
        output = path[:-len('.wasm')] + '.exe'
        done = common.run(program + ['native', *self.engine, *self.options, '--runtime-options', path,
                                     '-o', output], 600)
        if done.code != 0:
            raise subprocess.CalledProcessError(done.code, common.text(done.err))
        return output

    def run_executable(self, kind, program, timeout):
        path = self.executable(self.build(kind), program)
        with tempfile.TemporaryDirectory() as root:
            # Alone in the world, if that can be had.
            alone = os.geteuid() == 0 and shutil.which('chroot') and len(program) == 1
            argv = ['chroot', root, '/program'] if alone else [path]
            if alone:
                shutil.copy(path, os.path.join(root, 'program'))
            os.mkdir(os.path.join(root, 'files'))
            files = '/files' if alone else os.path.join(root, 'files')
            for key, value in self.env.items():
                argv += ['--env', f'{key}={value}']
            if 'DIR' in self.said:
                argv += ['--dir', files + '::/tmp', '--env', 'GUEST_TMP=/tmp']
            with tempfile.TemporaryFile() as stdin:
                stdin.write(self.stdin)
                stdin.seek(0)
                return common.run(argv + ['--'] + self.args, timeout, stdin=stdin,
                                  cwd=root)

    def run(self, kind, program, timeout):
        if self.as_executable and kind != 'native':
            return self.run_executable(kind, program, timeout)
        path = self.build(kind)
        with tempfile.TemporaryDirectory() as folder:
            env = dict(self.env)
            if kind == 'native':
                argv = [path]
                env['GUEST_TMP'] = folder
            else:
                argv = program + ['run', *self.engine, *self.options]
                for key, value in env.items():
                    argv += ['--env', f'{key}={value}']
                if 'DIR' in self.said:
                    argv += ['--dir', folder + '::/tmp', '--env', 'GUEST_TMP=/tmp']
                argv += [path]
                env = None
            with tempfile.TemporaryFile() as stdin:
                stdin.write(self.stdin)
                stdin.seek(0)
                return common.run(argv + self.args, timeout, env=env, stdin=stdin, cwd=folder)

    def problems(self, kind, program, timeout):
        try:
            done = self.run(kind, program, timeout)
        except subprocess.CalledProcessError as error:
            return [f'does not build: {error}']
        problems = []
        if done.code != self.exit:
            problems.append(f'exit code {done.code}, expected {self.exit}')
        out, expected = common.text(done.out), self.expected()
        if out != expected:
            found, wanted = out.split('\n'), expected.split('\n')
            at = next((i for i, (a, b) in enumerate(zip(found, wanted)) if a != b),
                      min(len(found), len(wanted)))
            problems.append(f'output differs at line {at + 1}:')
            problems.append('  expected ' + (wanted[at] if at < len(wanted) else '(nothing)'))
            problems.append('  found    ' + (found[at] if at < len(found) else '(nothing)'))
        if 'STDERR' in self.said and not re.search(self.said['STDERR'], common.text(done.err)):
            problems.append(f'standard error has no {self.said["STDERR"]!r}')
        if problems:
            problems += ['stderr: ' + line for line in common.text(done.err).splitlines()[:12]]
        return problems


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    parser.add_argument('--bless', action='store_true')
    parser.add_argument('--native', action='store_true')
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot', 'native'])
    parser.add_argument('--level', help='how far compiled code is optimised: 0 to 3, s')
    parser.add_argument('--build', default=os.path.join(common.ROOT, 'build', 'guest'))
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()
    os.makedirs(options.build, exist_ok=True)
    native = options.engine == 'native'
    engine = [] if native else ['--engine', options.engine]
    engine += ['-O', options.level] if options.level else []
    if options.engine != 'interp' and common.run(
            common.program(options) + ['compile', '--cpu=help'], options.timeout).code != 0:
        print('guest tests SKIPPED: this build has no compiler')
        return SKIPPED
    guests = [Guest(os.path.join(HERE, name), options.build, engine, native) for name in sorted(os.listdir(HERE))
              if name.endswith(('.c', '.cc')) and (not options.names or
                                                   any(n in name for n in options.names))]
    if options.bless:
        for guest in guests:
            native = guest.said.get('NATIVE') != 'no'
            program = [] if native else common.program(options)
            done = guest.run('native' if native else 'O2', program, options.timeout)
            with open(guest.expected_file, 'wb') as file:
                file.write(done.out)
            print(f'{guest.name}: exit code {done.code}, {len(done.out)} bytes')
        return 0
    program = common.program(options)
    jobs = [(guest, kind) for guest in guests for kind in BUILDS]
    if options.native:
        jobs += [(guest, 'native') for guest in guests if guest.said.get('NATIVE') != 'no']
    failed = 0
    for (guest, kind), problems in common.in_parallel(
            lambda job: job[0].problems(job[1], program, options.timeout), jobs, options.jobs):
        if problems:
            failed += 1
            print(f'FAILED {guest.name} ({kind})')
            print('\n'.join('    ' + problem for problem in problems))
    print(f'guest tests: {len(jobs) - failed} passed, {failed} failed ({len(guests)} programs)')
    return 1 if failed or not jobs else 0


if __name__ == '__main__':
    sys.exit(main())
