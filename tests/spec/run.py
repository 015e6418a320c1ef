#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the official scripts with `waxwing wast` and holds the result to the known failures.

    run.py [--suite DIR] [--known FILE] [--waxwing PROGRAM] [--gc-stress] [--engine NAME]
           [--level N] [--signals WHEN] [--compiler PROGRAM] [NAME ...]

The scripts come from --suite, else $WAXWING_TESTSUITE, else ../shared/testsuite next to the
repository; without any the tests are skipped (exit code 77) with a message. suites.txt says which
folders are run and with which options. Each script runs in a process of its own, and for each:

  - `N passed, M failed, K skipped` must add up to the assertions that count.py finds;
  - M must be what the known failures say (0 where the script isn't named);
    the lists, known-ENGINE.txt, are empty, and are there for scripts to come;
  - nothing may be skipped, and the program must not crash, hang or leak.

NAME runs only the scripts whose path contains it.
"""
import argparse
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402
import count  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SUMMARY = re.compile(r'^(\d+) passed, (\d+) failed, (\d+) skipped', re.MULTILINE)
SKIPPED = 77


def find_suite(named):
    if named:
        return named
    if os.environ.get('WAXWING_TESTSUITE'):
        return os.environ['WAXWING_TESTSUITE']
    beside = os.path.join(common.ROOT, '..', 'shared', 'testsuite')
    return beside if os.path.isdir(beside) else None


def read_table(path):
    """Lines `NAME WORDS...`, `#` starts a comment."""
    table = {}
    for line in open(path, encoding='utf-8'):
        words = line.split('#')[0].split()
        if words:
            table[words[0]] = words[1:]
    return table


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    parser.add_argument('--suite')
    parser.add_argument('--known', help='default: known-ENGINE.txt beside this')
    parser.add_argument('--update', action='store_true', help='print the known failures as found')
    parser.add_argument('--gc-stress', action='store_true', help='collect at every allocation')
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot', 'native'])
    parser.add_argument('--level', help='how far compiled code is optimised: 0 to 3, s')
    parser.add_argument('--signals', choices=['on', 'off'], default='on')
    parser.add_argument('--compiler', help='a waxwing that compiles for an emulated one')
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()
    suite = find_suite(options.suite)
    if suite is None:
        print('spec tests SKIPPED: no test suite; set WAXWING_TESTSUITE to the folder of the '
              'official scripts (github.com/WebAssembly/testsuite)')
        return SKIPPED
    if not os.path.isdir(suite):
        print(f'spec tests: {suite} is not a folder')
        return 1
    program = common.program(options)
    compiler = [options.compiler] if options.compiler else program
    if options.engine != 'interp' and common.run(
            compiler + ['compile', '--cpu=help'], options.timeout).code != 0:
        print('spec tests SKIPPED: this build has no compiler')
        return SKIPPED
    known_failures = options.known or os.path.join(HERE, f'known-{options.engine}.txt')
    known = {name: int(words[0]) for name, words in read_table(known_failures).items()}
    engine = ['--engine', options.engine] + (['-O', options.level] if options.level else [])
    engine += ['--signals', options.signals]
    if options.compiler:
        engine += ['--compiler', os.path.abspath(options.compiler)]

    scripts, arguments = [], {}
    for folder, words in read_table(os.path.join(HERE, 'suites.txt')).items():
        full = os.path.join(suite, folder)
        if not os.path.isdir(full):
            continue
        for name in sorted(os.listdir(full)):
            path = os.path.normpath(os.path.join(folder, name))
            if name.endswith('.wast') and (not options.names or
                                           any(n in path for n in options.names)):
                scripts.append(path)
                arguments[path] = words + engine + (['--gc-stress'] if options.gc_stress else [])

    def one(path):
        full = os.path.join(suite, path)
        done = common.run(program + ['wast', *arguments[path], full], options.timeout)
        with open(full, 'rb') as file:
            return done, count.count(file.read())

    totals, problems, found_failures = [0, 0, 0, 0], 0, {}
    for path, (done, expected) in common.in_parallel(one, scripts, options.jobs):
        output = common.text(done.out)
        summaries = SUMMARY.findall(output)
        complaint = None
        if done.code is None:
            complaint = f'no end within {options.timeout:.0f} s'
        elif done.code not in (0, 1) or not summaries:
            complaint = f'ended with {done.code} and {"a" if summaries else "no"} summary'
        passed, failed, skipped = map(int, summaries[-1]) if summaries else (0, expected, 0)
        if failed:
            found_failures[path] = failed
        if complaint is None:
            if passed + failed + skipped != expected:
                complaint = (f'{passed} + {failed} + {skipped} assertions reported, {expected} in '
                             'the script')
            elif failed != known.get(path, 0):
                complaint = f'{failed} failed, {known.get(path, 0)} known'
            elif skipped:
                complaint = f'{skipped} skipped'
            elif (done.code != 0) != (failed > 0):
                complaint = f'exit code {done.code} with {failed} failed'
        totals = [a + b for a, b in zip(totals, (passed, failed, skipped, expected))]
        if complaint:
            problems += 1
            print(f'FAILED {path}: {complaint}')
            lines = [line for line in (output + common.text(done.err)).splitlines() if line]
            print('\n'.join('    ' + line for line in lines[:12]))
    if options.update:
        print('\n'.join(f'{path} {n}' for path, n in found_failures.items()))
    print(f'spec tests: {len(scripts)} scripts, {problems} not as expected; {totals[0]} passed, '
          f'{totals[1]} failed, {totals[2]} skipped of {totals[3]} assertions')
    return 1 if problems or not scripts else 0


if __name__ == '__main__':
    sys.exit(main())
