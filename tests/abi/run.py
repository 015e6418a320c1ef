#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Holds compiled code to docs/abi.md on every target.

    run.py --waxwing PROGRAM --test ABI_TEST [--root DIR] [--here] [TARGET...]

Compiles tests/abi/slice.wat for each target with PROGRAM (this machine's), looks at each image with
`waxwing inspect` and readelf, and runs ABI_TEST with the image of this machine. For another target it
runs build/PRESET/tests/abi_test under qemu-user where that preset has been built, and says where not;
for thumbv7em the program of tests/abi/bare.py, on a machine without an operating system. With --here it
runs what this machine runs without an emulator. Exits 77 where PROGRAM cannot compile.
"""
import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

import bare

HERE = os.path.dirname(os.path.abspath(__file__))
# target: preset that builds the test, emulator and where its libraries are
RUNS = {
    'x86_64': ('release', []),
    'aarch64': ('aarch64', ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu']),
    'riscv64': ('riscv64', ['qemu-riscv64', '-L', '/usr/riscv64-linux-gnu']),
    'armv7': ('armhf', ['qemu-arm', '-L', '/usr/arm-linux-gnueabihf']),
    'thumbv7em': ('bare', []),
    'thumbv8m_main': None,
    'riscv32': None,
}
# Emulated code is slower by an order and more.
EMULATED_TAILS = '100000'
LEVELS = ['-O0', '-O2']


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          **more)


def readelf():
    for name in ('llvm-readelf-22', '/usr/lib/llvm-22/bin/llvm-readelf', 'readelf'):
        if shutil.which(name):
            return name
    return None


def check_elf(path):
    """No dynamic relocation, nothing writable."""
    tool = readelf()
    if tool is None:
        return 'no readelf is installed'
    relocations = run([tool, '-r', '-W', path]).stdout
    if re.search(r'^[0-9a-f]{8,}', relocations, re.M):
        return 'has relocations:\n' + relocations
    headers = run([tool, '-l', '-W', path]).stdout
    if re.search(r'^\s+(DYNAMIC|INTERP)\b', headers, re.M):
        return 'has dynamic segments:\n' + headers
    for line in re.findall(r'^\s+LOAD\s.*$', headers, re.M):
        if 'W' in line.split('0x')[-2].split(maxsplit=1)[-1]:
            return 'has a writable segment: ' + line
    sections = run([tool, '-S', '-W', path]).stdout
    for name, size in re.findall(r'\s(\.(?:data|bss|got)[.\w]*)\s+\w+\s+[0-9a-f]+ [0-9a-f]+ '
                                 r'([0-9a-f]+)', sections):
        if int(size, 16) != 0:
            return f'has {name} of {int(size, 16)} bytes'
    return None


class Check:
    def __init__(self, options, folder):
        self.options, self.folder, self.failures, self.count = options, folder, 0, 0

    def expect(self, name, problem):
        self.count += 1
        if problem:
            self.failures += 1
            print(f'FAILED  {name}: {problem}')
        else:
            print(f'ok      {name}', flush=True)

    def target(self, target):
        for level in LEVELS:
            name = f'{target} {level}'
            image = os.path.join(self.folder, f'slice.{target}{level}.wax')
            command = [self.options.waxwing, 'compile', f'--target={target}', level, '--embed-wasm',
                       os.path.join(HERE, 'slice.wat'), '-o', image]
            made = run(command)
            self.expect(f'{name}: compiles', made.returncode and made.stdout)
            if made.returncode:
                continue
            self.expect(f'{name}: readelf', check_elf(image))
            shown = run([self.options.waxwing, 'inspect', image])
            wrong = shown.returncode or f'for {target}' not in shown.stdout
            self.expect(f'{name}: inspect', wrong and shown.stdout)
            self.run_test(target, name, image)

    def run_test(self, target, name, image):
        how = RUNS[target]
        if how is None or (self.options.here and platform.machine() != target):
            return
        preset, emulator = how
        if preset == 'bare':
            self.run_bare(name, image)
            return
        native = platform.machine() == target
        test = self.options.test if native else os.path.join(
            self.options.root, 'build', preset, 'tests', 'abi_test')
        if not native and (not os.path.exists(test) or not shutil.which(emulator[0])):
            print(f'skipped {name}: build preset {preset} and install {emulator[0]} to run it')
            return
        environment = dict(os.environ, WAXWING_ABI_SLICE=os.path.join(HERE, 'slice.wat'),
                           WAXWING_ABI_IMAGE=image)
        if not native:
            environment['WAXWING_ABI_TAILS'] = EMULATED_TAILS
        result = run(([] if native else emulator) + [test, '--gtest_brief=1'], env=environment,
                     timeout=1800)
        self.expect(f'{name}: runs', result.returncode and result.stdout[-8000:])


    def run_bare(self, name, image):
        package = bare.missing()
        if package is not None:
            print(f'skipped {name}: install {package} to run it')
            return
        program, wrong = bare.build()
        if program is None:
            self.expect(f'{name}: the program for it is built', wrong)
            return
        result = run(bare.command(program, image, EMULATED_TAILS), stdin=subprocess.DEVNULL,
                     timeout=1800)
        self.expect(f'{name}: runs', result.returncode and result.stdout[-8000:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--waxwing', required=True)
    parser.add_argument('--test', required=True)
    parser.add_argument('--root', default=os.path.join(HERE, '..', '..'))
    parser.add_argument('--emulator', default='')
    parser.add_argument('--here', action='store_true')
    parser.add_argument('targets', nargs='*')
    options = parser.parse_args()
    # A program without a compiler says so for any module.
    if options.emulator or run([options.waxwing, 'compile', '--cpu=help']).returncode:
        print('abi: this program does not compile')
        return 77
    with tempfile.TemporaryDirectory() as folder:
        check = Check(options, folder)
        # A program has all that an image may not have.
        check.expect('readelf: sees relocations',
                     check_elf(sys.executable) is None and 'there are none in a program')
        for target in options.targets or RUNS:
            check.target(target)
    print(f'abi: {check.count - check.failures} of {check.count} checks passed')
    return 1 if check.failures or not check.count else 0


if __name__ == '__main__':
    sys.exit(main())
