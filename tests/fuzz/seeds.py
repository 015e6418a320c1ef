#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""seeds.py TARGET FOLDER: writes the seeds of a fuzz target into FOLDER.

Modules: small programs that clang makes here and now, and one module a section written by hand.
Texts: the inputs of the file tests, and what the official scripts hold, cut into their top-level
forms, where the test suite is at hand ($WAXWING_TESTSUITE or ../shared/testsuite).
"""
import glob
import hashlib
import os
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from wasm_bytes import leb, section  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
LARGEST = 4096

C_SOURCES = [
    'int f(int a) { return a < 2 ? a : f(a - 1) + f(a - 2); }',
    'static int t[8]; int g(int i) { switch (i) { case 0: return 3; case 1: return t[2]; case 2: '
    'return i * 7; case 3: t[i] = i; default: return -1; } }',
    'double h(const float* p, long long n) { double s = 0; while (n--) s += *p++; return s; }',
    'typedef int (*F)(int); static int a(int x) { return x; } static int b(int x) { return -x; } '
    'F table[2] = {a, b}; int call(int i) { return table[i & 1](i); }',
    'void copy(char* d, const char* s) { __builtin_memcpy(d, s, 100); __builtin_memset(d, 1, 50); }',
    'typedef float V __attribute__((vector_size(16))); V v(V x, V y) { return x * y + x; }',
]


def hand_written():
    magic = b'\0asm\1\0\0\0'
    types = section(1, b'\3\x60\0\0\x60\1\x7f\1\x7f\x5f\2\x7f\1\x64\2\0')
    yield magic
    yield magic + types
    yield (magic + types + section(2, b'\2\1m\1f\0\1\1m\1g\3\x7f\0') + section(3, b'\1\0') +
           section(4, b'\1\x70\1\1\2') + section(5, b'\1\1\1\2') + section(13, b'\1\0\0') +
           section(6, b'\1\x7f\1\x41\0\x0b') + section(7, b'\1\1x\0\1') + section(8, b'\1') +
           section(9, b'\1\0\x41\0\x0b\1\0') + section(12, b'\1') +
           section(10, b'\1\5\1\1\x7e\1\x0b') +
           section(11, b'\1\0\x41\0\x0b\1x') + section(0, b'\4name\0\2\1m'))
    # One body with try_table, throw, br_on_null and a tail call.
    body = b'\0\x1f\x40\1\2\0\x12\0\x0b\xd0\x70\xd5\0\x1a\x0b'
    yield magic + section(1, b'\1\x60\0\0') + section(3, b'\1\0') + section(10, b'\1' + leb(len(body)) + body)


def compiled():
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(C_SOURCES):
            for flags in (['-O0'], ['-O2', '-msimd128', '-mbulk-memory', '-mtail-call']):
                source = os.path.join(folder, f'{number}.c')
                with open(source, 'w', encoding='utf-8') as out:
                    out.write(text)
                done = subprocess.run(
                    ['clang-22', '--target=wasm32', '-nostdlib', '--no-wasm-opt', *flags, source,
                     '-Wl,--no-entry,--export-all,--import-undefined', '-o', source + '.wasm'],
                    capture_output=True)
                if done.returncode == 0:
                    with open(source + '.wasm', 'rb') as file:
                        yield file.read()


def suite():
    folder = os.environ.get('WAXWING_TESTSUITE', os.path.join(ROOT, '..', 'shared', 'testsuite'))
    return sorted(glob.glob(os.path.join(folder, '**', '*.wast'), recursive=True))


def forms(data):
    """The top-level forms of a script, roughly: from one `(` in the first column to the next."""
    for form in re.split(rb'\n(?=\()', data):
        if len(form) <= LARGEST:
            yield form


def unescape(text):
    return re.sub(rb'\\([0-9a-fA-F]{2})', lambda m: bytes([int(m.group(1), 16)]), text)


def binaries():
    for path in suite():
        with open(path, 'rb') as file:
            for form in forms(file.read()):
                if b'module binary' in form:
                    yield unescape(b''.join(re.findall(rb'"((?:\\.|[^"\\])*)"', form)))


def texts():
    for path in sorted(glob.glob(os.path.join(ROOT, 'tests', 'file', '**', '*.wat'), recursive=True)):
        with open(path, 'rb') as file:
            yield file.read()
    yield b'(module (func (export "f") (param i32) (result i32) local.get 0))'
    for number, path in enumerate(suite()):
        with open(path, 'rb') as file:
            for at, form in enumerate(forms(file.read())):
                if (at + number) % 29 == 0:
                    yield form


def images():
    """Small images for each target, where the release build has a compiler."""
    program = os.path.join(ROOT, 'build', 'release', 'waxwing')
    text = b'(module (memory 1) (func (export "f") (param i32) (result i32) ' \
           b'(i32.div_u (i32.load (local.get 0)) (call 0 (local.get 0)))))'
    with tempfile.TemporaryDirectory() as work:
        source, image = os.path.join(work, 'a.wat'), os.path.join(work, 'a.wax')
        with open(source, 'wb') as out:
            out.write(text)
        for target in ('x86_64', 'aarch64', 'riscv64', 'armv7', 'thumbv7em', 'riscv32'):
            command = [program, 'compile', f'--target={target}', source, '-o', image]
            try:
                done = subprocess.run(command, capture_output=True)
            except OSError:
                return
            if done.returncode == 0:
                with open(image, 'rb') as file:
                    yield file.read()


def calls():
    """Random bytes are calls as good as any."""
    for number in range(64):
        yield random.Random(number).randbytes(LARGEST // 2)


def main():
    target, folder = sys.argv[1:3]
    if target in ('text', 'script'):
        sources = [texts()]
    elif target == 'image':
        sources = [images()]
    elif target == 'wasi':
        sources = [calls()]
    else:
        sources = [hand_written(), compiled(), binaries()]
    count = 0
    for source in sources:
        for seed in source:
            if len(seed) <= (65536 if target == 'image' else LARGEST):
                name = hashlib.sha1(seed).hexdigest()
                with open(os.path.join(folder, name), 'wb') as out:
                    out.write(seed)
                count += 1
    print(f'{target}: {count} seeds')


if __name__ == '__main__':
    main()
