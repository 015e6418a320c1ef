#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Accesses at the boundary of a memory, for every shape that an address can have.

    run.py [--waxwing PROGRAM] [--keep DIR]

Code generators fold arithmetic on addresses into the access; where the sum is wider than 32 bits,
or a piece is extended the wrong way, code gets out of its memory. So each shape (an operator on the
index, then an offset) is tried with each width, loading and storing, with indices around every edge.
What must come of it is worked out here: the scripts have one assertion each. They run in the
interpreter, and compiled at several levels with guard pages and with explicit checks; where there
is no compiler, in the interpreter alone.
"""
import argparse
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402

M32 = 0xFFFFFFFF
PAGE = 0x10000

# name: (text with the index as %, what the index becomes)
SHAPES = {
    'plain': ('%', lambda i: i),
    'shl1': ('(i32.shl % (i32.const 1))', lambda i: i << 1 & M32),
    'shl2': ('(i32.shl % (i32.const 2))', lambda i: i << 2 & M32),
    'shl3': ('(i32.shl % (i32.const 3))', lambda i: i << 3 & M32),
    'mul5': ('(i32.mul % (i32.const 5))', lambda i: i * 5 & M32),
    'add': ('(i32.add % (i32.const 8))', lambda i: i + 8 & M32),
    'add_shl': ('(i32.add (i32.shl % (i32.const 3)) (i32.const 16))', lambda i: (i << 3) + 16 & M32),
    'sub': ('(i32.sub % (i32.const 16))', lambda i: i - 16 & M32),
    'negative': ('(i32.add % (i32.const -4))', lambda i: i - 4 & M32),
    'top': ('(i32.add % (i32.const 0x80000000))', lambda i: i + 0x80000000 & M32),
    'and': ('(i32.and % (i32.const 0xFFFFFFF8))', lambda i: i & 0xFFFFFFF8),
    'or': ('(i32.or % (i32.const 7))', lambda i: i | 7),
    'sum': ('(i32.add % %)', lambda i: i + i & M32),
    'wrap': ('(i32.wrap_i64 (i64.add (i64.extend_i32_u %) (i64.const 0x7FFFFFFFF)))',
             lambda i: i - 1 & M32),
    'signed': ('(i32.wrap_i64 (i64.shl (i64.extend_i32_s %) (i64.const 2)))',
               lambda i: i << 2 & M32),
    'extend8': ('(i32.extend8_s %)', lambda i: (i & 0x7F) - (i & 0x80) & M32),
    'extend16': ('(i32.extend16_s %)', lambda i: (i & 0x7FFF) - (i & 0x8000) & M32),
    'shr': ('(i32.shr_u % (i32.const 1))', lambda i: i >> 1),
}
# width: (load, store, type)
ACCESSES = {
    1: ('i32.load8_u', 'i32.store8', 'i32'),
    2: ('i32.load16_u', 'i32.store16', 'i32'),
    4: ('i32.load', 'i32.store', 'i32'),
    8: ('i64.load', 'i64.store', 'i64'),
    16: ('v128.load', 'v128.store', 'v128'),
}
OFFSETS = [0, 1, 8, 0xFFF0, 0x7FFFFFFC, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF]
# What loads find: a byte for each of the last 64 addresses, zeros elsewhere.
TAIL = 64


def byte_at(address, size):
    at = address - (size - TAIL)
    return at + 1 if at >= 0 else 0


def indices(shape, offset, width, size):
    """Indices whose address is around the end of the memory, and others that wrap."""
    found = {0, 1, 0x7FFFFFFF, 0x80000000, M32, M32 - 15, size - 1 & M32, size - width & M32}
    end = size - width - offset
    for near in (end - 1, end, end + 1):
        for scale in (1, 2, 4, 8):
            found.add(near // scale & M32)
        found.add(near - 8 & M32)
        found.add(near + 16 & M32)
        found.add(near + 4 & M32)
        found.add(near - 0x80000000 & M32)
    return sorted(found)


def constant(kind, value, width):
    if kind == 'v128':
        lanes = [str(value >> 32 * lane & M32) for lane in range(4)]
        return f'(v128.const i32x4 {" ".join(lanes)})'
    return f'({kind}.const {value})'


def script(pages):
    size = pages * PAGE
    lines, asserts = ['(module (memory ' + str(pages) + ')'], []
    data = ''.join(f'\\{at + 1:02x}' for at in range(TAIL))
    lines.append(f'(data (i32.const {size - TAIL}) "{data}")')
    for width, (load, store, kind) in ACCESSES.items():
        for shape, (text, becomes) in SHAPES.items():
            for offset in OFFSETS:
                name = f'{shape}.{width}.{offset}'
                address = text.replace('%', '(local.get 0)')
                lines.append(f'(func (export "l{name}") (param i32) (result {kind}) '
                             f'({load} offset={offset} {address}))')
                lines.append(f'(func (export "s{name}") (param i32 {kind}) '
                             f'({store} offset={offset} {address} (local.get 1)))')
                for index in indices(shape, offset, width, size):
                    at = becomes(index) + offset
                    if at + width > size:
                        trap = '"out of bounds memory access"'
                        asserts.append(
                            f'(assert_trap (invoke "l{name}" (i32.const {index})) {trap})')
                        asserts.append(f'(assert_trap (invoke "s{name}" (i32.const {index}) '
                                       f'{constant(kind, 0, width)}) {trap})')
                        continue
                    value = sum(byte_at(at + i, size) << 8 * i for i in range(width))
                    asserts.append(f'(assert_return (invoke "l{name}" (i32.const {index})) '
                                   f'{constant(kind, value, width)})')
                    # What is there already: so that the order does not matter.
                    asserts.append(f'(assert_return (invoke "s{name}" (i32.const {index}) '
                                   f'{constant(kind, value, width)}))')
    lines.append(')')
    # A store that went astray shows here.
    asserts += [a for a in asserts if a.startswith('(assert_return (invoke "lplain.8.0"')]
    return '\n'.join(lines + asserts) + '\n'


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    parser.add_argument('--keep', help='leave the scripts in this folder')
    options = parser.parse_args()
    program = common.program(options)
    folder = options.keep or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    problems = 0
    probe = os.path.join(folder, 'probe.wast')
    with open(probe, 'w', encoding='utf-8') as file:
        file.write('(module)\n')
    runs = [['--engine=interp']]
    if common.run(program + ['wast', '--engine=aot', probe], options.timeout).code == 0:
        runs += [['--engine=aot', level, *checks] for level in ('-O0', '-O2', '-O3')
                 for checks in ([], ['--bounds-checks=explicit'])]
    else:
        print('no compiler: the interpreter alone')
    # All that 32 bits address, or what a process of 32 bits has room for.
    for pages in (1, 65536 if common.is_64_bit(options) else 16384):
        path = os.path.join(folder, f'{pages}.wast')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(script(pages))
        for words in runs:
            done = common.run(program + ['wast', *words, path], options.timeout)
            last = common.text(done.out).strip().splitlines()[-1:] or ['nothing']
            print(f'{pages} pages, {" ".join(words)}: {last[0]}')
            if done.code != 0:
                problems += 1
                print(common.text(done.out)[-2000:], common.text(done.err)[-2000:])
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
