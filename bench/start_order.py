#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What runs between the start and the end of a small guest, for the linker to put together.

    start_order.py [--waxwing PROGRAM]    rewrites tools/waxwing/start_order.txt

Needs valgrind, which sees every function that is entered. Run it when bench/start.py shows that the
resident set has grown: new code on the way to `_start` lies apart until its names are in the list.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

from start import EMPTY

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
LIST = os.path.join(ROOT, 'tools', 'waxwing', 'start_order.txt')


def defined(program):
    """The functions that the program itself defines."""
    lines = subprocess.run(['nm', '--defined-only', program], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return {line.split()[2] for line in lines if line.split()[1] in 'tTwW'}


def entered(program):
    with tempfile.TemporaryDirectory() as folder:
        module = os.path.join(folder, 'empty.wasm')
        with open(module, 'wb') as file:
            file.write(EMPTY)
        profile = os.path.join(folder, 'profile')
        subprocess.run(['valgrind', '--tool=callgrind', '--demangle=no', '--quiet',
                        f'--callgrind-out-file={profile}', program, module], check=True)
        with open(profile, encoding='utf-8') as file:
            text = file.read()
    names = []
    for name in re.findall(r'^c?fn=\(\d+\) (\S+)', text, re.M):
        name = name.split("'")[0]
        if name not in names:
            names.append(name)
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--waxwing', default=os.path.join(ROOT, 'build', 'release', 'waxwing'))
    options = parser.parse_args()
    own = defined(options.waxwing)
    names = [name for name in entered(options.waxwing) if name in own]
    if len(names) < 50:
        sys.exit(f'only {len(names)} functions were seen: was the program stripped?')
    with open(LIST, encoding='utf-8') as file:
        head = [line for line in file if line.startswith('#')]
    with open(LIST, 'w', encoding='utf-8') as file:
        file.writelines(head + [name + '\n' for name in names])
    print(f'{len(names)} functions')
    return 0


if __name__ == '__main__':
    sys.exit(main())
