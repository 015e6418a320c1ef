# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the script runners share: the program under test, running commands, reporting."""
import concurrent.futures
import os
import shlex
import subprocess
import sys

TESTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TESTS)


def add_options(parser):
    parser.add_argument('--waxwing', default=os.path.join(ROOT, 'build', 'release', 'waxwing'),
                        help='the program under test')
    parser.add_argument('--emulator', default='', help='command in front of it (qemu-arm ...)')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    parser.add_argument('--timeout', type=float, default=120, help='seconds for one command')


def program(options):
    """The argv prefix that starts the program under test, absolute."""
    path = os.path.abspath(options.waxwing)
    if not os.path.exists(path):
        sys.exit(f'{path} does not exist: build it first')
    return shlex.split(options.emulator) + [path]


def is_64_bit(options):
    """Whether the program under test is one of 64 bits (by the class in its ELF header)."""
    with open(options.waxwing, 'rb') as file:
        return file.read(5)[4:] != b'\x01'


def write_program(folder, argv):
    """Makes `waxwing` in folder a command that starts the program under test."""
    path = os.path.join(folder, 'waxwing')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'#!/bin/sh\nexec {shlex.join(argv)} "$@"\n')
    os.chmod(path, 0o755)


class Done:
    """A finished command: exit code (negative: signal, None: timed out), stdout and stderr."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


def run(argv, timeout, **more):
    try:
        done = subprocess.run(argv, capture_output=True, timeout=timeout,
                              stdin=more.pop('stdin', subprocess.DEVNULL), **more)
        return Done(done.returncode, done.stdout, done.stderr)
    except subprocess.TimeoutExpired as expired:
        return Done(None, expired.stdout or b'', expired.stderr or b'')


def in_parallel(function, items, jobs):
    """(item, result) pairs in the order of items."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        yield from zip(items, pool.map(function, items))


def text(data):
    return data.decode('utf-8', 'backslashreplace')
