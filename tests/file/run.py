#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""File tests: one file holds the input, the commands and what they must print.

    run.py [--bless] [--waxwing PROGRAM] [FILE or FOLDER ...]

A test looks like this; the input is the whole file up to the first section, header included, so
line numbers in messages are those of the file:

    ;;; RUN: waxwing validate %s
    ;;; EXIT: 1
    (module (func (result i32)))
    ;;; STDERR:
    what it must print to standard error

Header lines, at the top:
    ;;; RUN: COMMAND   %s is the input's file name, `waxwing` the program (in a shell command too);
                       several run in order, each in the same new, empty folder that holds only the
                       input
    ;;; EXIT: N ...    the exit codes of the commands, one for all or one each; 0 where not said
    ;;; NAME: FILE     the input's file name (default: the test's own)
    ;;; INPUT: hex     the input is bytes in hexadecimal; `;;` starts a comment
    ;;; ENV: K=V ...   environment of the commands
    ;;; NEEDS: COMMAND the test is skipped where this doesn't succeed
    ;;; LINES: N       each command prints N lines at most
Sections, at the end: STDOUT and STDERR, empty where they are missing. In them, `{{REGEX}}` matches a
part of a line, or whole lines where it has `\\n` in it. --bless rewrites the sections and the exit
codes from what the commands did.
"""
import argparse
import os
import re
import shlex
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402

HEADER = re.compile(r';;; (RUN|EXIT|NAME|INPUT|ENV|LINES|NEEDS): ?(.*)$')
SECTION = re.compile(r';;; (STDOUT|STDERR):$')
HERE = os.path.dirname(os.path.abspath(__file__))


class Test:
    def __init__(self, path):
        self.path = path
        with open(path, encoding='utf-8', newline='') as file:
            lines = file.read().split('\n')
        self.runs, self.exits, self.env, self.hex, self.lines = [], [0], {}, False, None
        self.needs = []
        self.name = os.path.basename(path)
        self.sections = {'STDOUT': [], 'STDERR': []}
        self.input, section = [], None
        for line in lines:
            found = SECTION.match(line)
            if found:
                section = self.sections[found.group(1)]
                continue
            if section is not None:
                section.append(line)
                continue
            self.input.append(line)
            found = HEADER.match(line)
            if not found:
                continue
            key, value = found.groups()
            if key == 'RUN':
                self.runs.append(value)
            elif key == 'EXIT':
                self.exits = [int(word) for word in value.split()]
            elif key == 'NAME':
                self.name = value
            elif key == 'INPUT':
                self.hex = value == 'hex'
            elif key == 'LINES':
                self.lines = int(value)
            elif key == 'NEEDS':
                self.needs.append(value)
            else:
                self.env.update(pair.split('=', 1) for pair in shlex.split(value))
        if not self.runs:
            raise ValueError('no ;;; RUN line')
        if len(self.exits) == 1:
            self.exits *= len(self.runs)

    def bytes(self):
        if not self.hex:
            return ('\n'.join(self.input)).encode()
        digits = ''.join(line.split(';;')[0] for line in self.input)
        return bytes.fromhex(''.join(digits.split()))

    def execute(self, program, timeout, tools):
        """Runs the commands: (exit codes, stdout, stderr, what printed too many lines)."""
        codes, out, err, long = [], '', '', []
        env = {**os.environ, **self.env, 'PATH': tools + ':' + os.environ['PATH']}
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, self.name), 'wb') as file:
                file.write(self.bytes())
            for command in self.runs:
                argv = [word.replace('%s', self.name) for word in shlex.split(command)]
                if argv[0] == 'waxwing':
                    argv[:1] = program
                done = common.run(argv, timeout, cwd=folder, env=env)
                codes.append(done.code)
                out += common.text(done.out)
                err += common.text(done.err)
                printed = (done.out + done.err).count(b'\n')
                if self.lines is not None and printed > self.lines:
                    long.append(f'  {printed} lines from {command}, more than {self.lines}')
        return codes, out, err, long

    def bless(self, codes, out, err, _):
        kept = [line for line in self.input if not line.startswith(';;; EXIT:')]
        while kept and not kept[-1]:
            kept.pop()
        if any(codes):
            same = len(set(codes)) == 1
            at = max(i for i, line in enumerate(kept) if line.startswith(';;; RUN:')) + 1
            kept.insert(at, ';;; EXIT: ' + ' '.join(map(str, codes[:1] if same else codes)))
        body = '\n'.join(kept) + '\n'
        for name, content in (('STDOUT', out), ('STDERR', err)):
            if content:
                body += f';;; {name}:\n{content}' + ('' if content.endswith('\n') else '\n')
        with open(self.path, 'w', encoding='utf-8', newline='') as file:
            file.write(body)


def matches(expected, actual):
    if '{{' not in expected:
        return expected == actual
    parts = re.split(r'\{\{(.*?)\}\}', expected)
    pattern = ''.join(part if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.fullmatch(pattern, actual) is not None


def differences(name, expected, actual):
    expected = list(expected)
    actual = actual.split('\n')
    for lines in (expected, actual):
        while lines and not lines[-1]:
            lines.pop()
    if matches('\n'.join(expected), '\n'.join(actual)):
        return []
    return ([f'  {name} expected:'] + ['    ' + line for line in expected] +
            [f'  {name} found:'] + ['    ' + line for line in actual])


def check(path, program, options):
    try:
        test = Test(path)
    except (ValueError, UnicodeDecodeError) as error:
        return [f'  not a test: {error}']
    for command in test.needs:
        argv = shlex.split(command)
        if argv[0] == 'waxwing':
            argv[:1] = program
        if common.run(argv, options.timeout).code != 0:
            options.skipped.append(path)
            return []
    codes, out, err, long = test.execute(program, options.timeout, options.tools)
    if options.bless:
        if None in codes or any(code < 0 for code in codes):
            return [f'  not blessed: the commands ended with {codes}']
        if '{{' not in '\n'.join(test.sections['STDOUT'] + test.sections['STDERR']):
            test.bless(codes, out, err, long)
            # An exit code line that came or went moved the lines that messages name.
            test = Test(path)
            test.bless(*test.execute(program, options.timeout, options.tools))
        return []
    problems = long
    if codes != test.exits:
        problems.append(f'  exit codes expected {test.exits}, found {codes}')
    problems += differences('STDOUT', test.sections['STDOUT'], out)
    problems += differences('STDERR', test.sections['STDERR'], err)
    return problems


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    parser.add_argument('--bless', action='store_true')
    parser.add_argument('paths', nargs='*')
    options = parser.parse_args()
    program = common.program(options)
    files = []
    for path in options.paths or [HERE]:
        if os.path.isfile(path):
            files.append(path)
        for top, folders, names in os.walk(path):
            folders.sort()
            files += [os.path.join(top, n) for n in sorted(names)
                      if n.endswith(('.wat', '.wast', '.hex'))]
    failed, options.skipped = 0, []
    with tempfile.TemporaryDirectory() as options.tools:
        common.write_program(options.tools, program)
        for path, problems in common.in_parallel(lambda p: check(p, program, options), files,
                                                 options.jobs):
            if problems:
                failed += 1
                print(f'FAILED {os.path.relpath(path, common.ROOT)}')
                print('\n'.join(problems))
    for path in sorted(options.skipped):
        print(f'skipped {os.path.relpath(path, common.ROOT)}: what it needs is not here')
    passed = len(files) - failed - len(options.skipped)
    print(f'file tests: {passed} passed, {failed} failed, {len(options.skipped)} skipped')
    return 1 if failed or not files else 0


if __name__ == '__main__':
    sys.exit(main())
