#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds tests/abi/bare.cc with the rooms that it needs for a Cortex-M4, and runs images with it.

    bare.py [IMAGE [TAIL_CALLS]]

The program is build/bare/abi, made with arm-none-eabi-g++, and runs under qemu-system-arm. Exits 77 where
one of them is missing.
"""
import glob
import os
import shutil
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
FOLDER = os.path.join(ROOT, 'build', 'bare')
COMPILER = 'arm-none-eabi-g++'
EMULATOR = 'qemu-system-arm'
MACHINE = '-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16'
FLAGS = (f'{MACHINE} -std=c++23 -Os -DNDEBUG -DWAXWING_SLOT_BITS=32 -fno-exceptions -fno-rtti '
         '-fno-threadsafe-statics -ffunction-sections -fdata-sections -ffp-contract=off '
         '-fno-math-errno -Wall -Wextra -Wno-psabi -I$root/src -I$root/tests')
SOURCES = ['src/base', 'src/wasm', 'src/platform', 'src/platform/bare', 'src/platform/native',
           'src/runtime', 'src/runtime/gc', 'src/interp', 'src/image']


def missing():
    """What has to be installed first, or None."""
    for tool, package in ((COMPILER, 'libstdc++-arm-none-eabi-newlib'),
                          (EMULATOR, 'qemu-system-arm'), ('ninja', 'ninja-build')):
        if not shutil.which(tool):
            return package
    return None


def build():
    """The program, or None and what went wrong."""
    os.makedirs(FOLDER, exist_ok=True)
    sources = [source for folder in SOURCES
               for source in sorted(glob.glob(os.path.join(ROOT, folder, '*.cc')))]
    sources.append(os.path.join(ROOT, 'tests', 'abi', 'bare.cc'))
    launcher = os.environ.get('CMAKE_CXX_COMPILER_LAUNCHER', '')
    lines = [f'root = {ROOT}', 'rule compile',
             f'  command = {launcher} {COMPILER} {FLAGS} -MD -MF $out.d -c $in -o $out',
             '  depfile = $out.d', '  deps = gcc', 'rule link',
             f'  command = {COMPILER} {MACHINE} -Os --specs=rdimon.specs -nostartfiles '
             '-Wl,--gc-sections -Wl,--no-warn-rwx-segments -T $root/tests/abi/bare.ld $in -o $out']
    objects = []
    for source in sources:
        name = os.path.relpath(source, ROOT).replace(os.sep, '_')[:-3] + '.o'
        objects.append(name)
        lines.append(f'build {name}: compile {source}')
    lines.append(f'build abi: link {" ".join(objects)} | {ROOT}/tests/abi/bare.ld')
    with open(os.path.join(FOLDER, 'build.ninja'), 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines) + '\n')
    done = subprocess.run(['ninja', '-C', FOLDER, '-k0', 'abi'], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        return None, done.stdout[-4000:]
    return os.path.join(FOLDER, 'abi'), ''


def command(program, image, tail_calls):
    # A comma ends a value of this option unless it is doubled.
    words = ['abi', image.replace(',', ',,'), str(tail_calls)]
    return [EMULATOR, '-M', 'mps2-an386', '-nographic', '-monitor', 'none', '-serial', 'none',
            '-semihosting-config',
            'enable=on,target=native,' + ','.join('arg=' + word for word in words),
            '-kernel', program]


def main():
    package = missing()
    if package is not None:
        print(f'bare: {package} is not installed')
        return 77
    program, wrong = build()
    if program is None:
        print(wrong)
        return 1
    if len(sys.argv) < 2:
        print(program)
        return 0
    tail_calls = sys.argv[2] if len(sys.argv) > 2 else '100000'
    return subprocess.run(command(program, sys.argv[1], tail_calls), check=False).returncode


if __name__ == '__main__':
    sys.exit(main())
