#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles modules and compares IR or assembly with what their comments expect.

    run.py --waxwing PROGRAM [FILE...]

The first lines of each tests/golden/*.wat say how, any number of times:

    ;; RUN: PREFIX options of `waxwing compile`

The output goes through FileCheck with `--check-prefix=PREFIX`, whose patterns are in the same file.
Exits 77 where PROGRAM does not compile or FileCheck (llvm-22-tools) is missing.
"""
import argparse
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def file_check():
    for name in ('FileCheck-22', '/usr/lib/llvm-22/bin/FileCheck'):
        if shutil.which(name):
            return name
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--waxwing', required=True)
    parser.add_argument('--emulator', default='')
    parser.add_argument('files', nargs='*')
    options = parser.parse_args()
    tool = file_check()
    # A program without a compiler says so for any module.
    if options.emulator or tool is None or subprocess.run(
            [options.waxwing, 'compile', '--cpu=help'], capture_output=True).returncode:
        print('golden: no compiler, or no FileCheck')
        return 77
    failures = count = 0
    for path in options.files or sorted(glob.glob(os.path.join(HERE, '*.wat'))):
        with open(path, encoding='utf-8') as file:
            runs = re.findall(r'^;; RUN: (\w+) (.*)$', file.read(), re.M)
        if not runs:
            print(f'FAILED  {os.path.basename(path)}: no RUN line')
            failures += 1
        for prefix, words in runs:
            count += 1
            made = subprocess.run([options.waxwing, 'compile', *shlex.split(words), path, '-o', '-'],
                                  capture_output=True)
            problem = made.stderr.decode() if made.returncode else None
            if problem is None:
                check = subprocess.run([tool, f'--check-prefix={prefix}', '--dump-input=fail', path],
                                       input=made.stdout, capture_output=True)
                problem = check.stderr.decode() if check.returncode else None
            if problem:
                failures += 1
                print(f'FAILED  {os.path.basename(path)} {prefix}: {problem}')
    print(f'golden: {count - failures} of {count} passed')
    return 1 if failures or not count else 0


if __name__ == '__main__':
    sys.exit(main())
