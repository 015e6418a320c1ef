#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hostile input: what a few bytes may cost.

    run.py [--waxwing PROGRAM] [--slow FACTOR] [NAME ...]

Modules and texts made to be expensive, deep or wrong. For each: the program ends by itself with the
exit code that is right (0 valid, 1 refused, 134 trapped), prints at most a few lines, and stays
within seconds and megabytes: 1 s and 64 MB for anything that is small, more only where the input
itself is large. --slow multiplies the seconds and lifts the megabytes (sanitizers, emulators).
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402
from wasm_bytes import (  # noqa: E402
    END, FUNCREF, I32, I64, MAGIC, V128, body, func_type, functions, leb, name, section, sleb, vector)

SECONDS, MEGABYTES = 1.0, 64
MAX32 = leb(2**32 - 1)


class Case:
    """`code` is the exit code, None where 0, 1 and 134 are all right."""

    def __init__(self, title, data, code, verb=('validate',), text=False, seconds=SECONDS,
                 megabytes=MEGABYTES):
        self.title, self.data, self.code, self.verb = title, data, code, verb
        self.suffix = '.wat' if text else '.wasm'
        self.seconds, self.megabytes = seconds, megabytes


def counts_larger_than_the_file():
    """Every count and size of the format, as large as it can be, with nothing behind it."""
    for number in range(14):
        yield f'section {number}: count', MAGIC + section(number, MAX32)
        yield f'section {number}: size', MAGIC + bytes([number]) + MAX32
    yield 'name length', MAGIC + section(2, b'\1' + MAX32 + b'a')
    yield 'parameters', MAGIC + section(1, b'\1\x60' + MAX32)
    yield 'fields', MAGIC + section(1, b'\1\x5f' + MAX32)
    yield 'rec group', MAGIC + section(1, b'\1\x4e' + MAX32)
    yield 'supertypes', MAGIC + section(1, b'\1\x50' + MAX32)
    yield 'segment', MAGIC + section(11, b'\1\1' + MAX32)
    yield 'elements', MAGIC + section(9, b'\1\1\0' + MAX32)
    yield 'body', MAGIC + section(1, b'\1\x60\0\0') + section(3, b'\1\0') + section(10, b'\1' + MAX32)
    for code in (b'\x0e' + MAX32, b'\x1c' + MAX32, b'\x1f\x40' + MAX32):
        yield f'operand count of {code[:1].hex()}', functions([body(code)])
    yield 'locals', functions([body(b'', [(2**32 - 1, I32)])])
    yield 'locals, summed', functions([body(b'', [(2**31, I32)] * 3)])


def cases():
    for title, data in counts_larger_than_the_file():
        yield Case(title, data, 1)

    yield Case('50,000 locals in 200 functions', functions([body(b'', [(50000, I64)])] * 200), 0)
    yield Case('50,000 vector locals in 90 functions, run',
               functions([body(b'', [(50000, V128)])] * 90, export='_start'), 0, ('run',))
    yield Case('200 functions of 50,000 locals that call on', functions(
        [body(b'\x10' + leb(i + 1), [(50000, I64)]) for i in range(199)] + [body(b'', [(50000, I64)])],
        export='_start'), None, ('run',))
    yield Case('local groups of nothing', functions([body(b'', [(0, I32)] * 300)]), 0)

    deep = 1_000_000
    for title, opener in (('block', b'\x02\x40'), ('loop', b'\x03\x40'), ('if', b'\x41\1\x04\x40'),
                          ('try_table', b'\x1f\x40\0')):
        yield Case(f'{title} nested a million deep', functions([body(opener * deep + END * deep)]), 0,
                   seconds=2, megabytes=256)
        yield Case(f'{title} opened a million times', functions([body(opener * deep)]), 1, seconds=2,
                   megabytes=256)
    yield Case('a million operands', functions([body(b'\x41\0' * deep + b'\x1a' * deep)]), 0,
               seconds=2, megabytes=256)
    yield Case('br_table of a million', functions(
        [body(b'\x02\x40\x41\0\x0e' + leb(deep) + b'\0' * (deep + 1) + END)]), 0, seconds=2,
        megabytes=256)
    yield Case('1,000 results through 300 blocks', MAGIC + section(
        1, vector([func_type(b'', I32 * 1000)])) + section(3, b'\1\0') + section(10, vector(
            [body(b'\x02\0' * 300 + b'\x41\0' * 1000 + END * 300)])), 0)
    # br_table checks every label against the operands: labels times arity must stay affordable.
    labels = 20_000
    yield Case('br_table of 20,000 labels with 1,000 results', MAGIC + section(
        1, vector([func_type(b'', I32 * 1000)])) + section(3, b'\1\0') + section(10, vector(
            [body(b'\x41\0' * 1001 + b'\x0e' + leb(labels) + b'\0' * (labels + 1))])), 0, seconds=2)

    chain = b''.join(b'\x50' + (leb(1) + leb(i - 1) if i else leb(0)) + b'\x5f\0' for i in range(64))
    yield Case('a chain of 64 subtypes', MAGIC + section(1, leb(64) + chain), 0)
    chain = b''.join(b'\x50' + (leb(1) + leb(i - 1) if i else leb(0)) + b'\x5f\0' for i in range(2000))
    yield Case('a chain of 2,000 subtypes', MAGIC + section(1, leb(2000) + chain), 1)
    group = b'\x4e' + leb(2000) + b''.join(b'\x5f\1\x64' + sleb((i + 1) % 2000) + b'\0'
                                           for i in range(2000))
    yield Case('a ring of 2,000 types, twice', MAGIC + section(1, leb(2) + group * 2), None)
    doubling = b''.join(b'\x5f\2' + (b'\x63' + sleb(i - 1) + b'\0') * 2 if i else b'\x5f\0'
                        for i in range(500))
    yield Case('types that double', MAGIC + section(1, leb(500) + doubling), 0)
    yield Case('200 imports of one long name', MAGIC + section(1, vector([func_type()])) + section(
        2, vector([name('m' * 60000) + name('f') + b'\0\0'] * 10)), 0)
    yield Case('constant expression of a million additions', MAGIC + section(6, b'\1' + I32 + b'\0' + (
        b'\x41\0' + b'\x41\1\x6a' * deep) + END), 0, seconds=2, megabytes=256)

    yield Case('memory of 4 GiB, declared', MAGIC + section(5, b'\1\0' + leb(65536)), 0)
    yield Case('memory of 4 GiB, run with a limit', MAGIC + section(1, vector([func_type()])) + section(
        3, b'\1\0') + section(5, b'\1\0' + leb(65536)) + section(7, vector([name('_start') + b'\0\0'])) +
        section(10, vector([body(b'')])), None, ('run', '--max-memory', '1MiB'))
    yield Case('table of 2^32-1, run', MAGIC + section(1, vector([func_type()])) + section(
        3, b'\1\0') + section(4, b'\1' + FUNCREF + b'\0' + MAX32) +
        section(7, vector([name('_start') + b'\0\0'])) + section(10, vector([body(b'')])), None, ('run',))
    yield Case('recursion without end', functions([body(b'\x10\0')], export='_start'), 134, ('run',),
               megabytes=256)
    yield Case('recursion with 50,000 locals', functions(
        [body(b'\x10\0', [(50000, I64)])], export='_start'), 134, ('run',), megabytes=256)
    yield Case('a loop without end, 100 ms', functions([body(b'\x03\x40\x0c\0' + END)], export='_start'),
               None, ('run', '--timeout', '100ms'))
    yield Case('a loop without end, fuel', functions([body(b'\x03\x40\x0c\0' + END)], export='_start'),
               None, ('run', '--fuel', '1000000'))
    yield Case('growing a memory for ever', functions(
        [body(b'\x03\x40\x41\1\x40\0\x41\x7f\x47\x0d\0' + END)], export='_start',
        more=section(5, b'\1\0\1')), 0, ('run', '--max-memory', '16MiB'))

    many = 1_000_000
    for title, text in (
            ('parentheses', '(' * many),
            ('modules', '(module ' * many),
            ('folded instructions', '(module (func ' + '(drop ' * many),
            ('folded blocks', '(module (func ' + '(block ' * many + ')' * (many + 2)),
            ('block comments', '(;' * many),
            ('annotations', '(@a ' * many),
            ('an endless string', '(module (data "' + 'a' * many),
            ('a long number', '(module (func (f64.const ' + '1' * many + ')))'),
            ('a long hexadecimal number', '(module (func (f64.const 0x1p' + '9' * many + ')))'),
            ('a long identifier', '(module (func $' + 'a' * many + ' call $b))')):
        good = title == 'folded blocks'
        yield Case(f'text: {title}, a million', text.encode(), 0 if good else 1, text=True, seconds=3,
                   megabytes=512)
    yield Case('text: 3,000 identifiers looked up', ('(module ' + ''.join(
        f'(func $f{i} (call $f{(i * 7) % 3000}))' for i in range(3000)) + ')').encode(), 0, text=True)
    yield Case('text: not UTF-8', b'(module (func $\xff\xfe))', 1, text=True)
    yield Case('text: NUL', b'(module \0)', 1, text=True)


# A process of its own, because the peak that the system reports of a child begins with its parent's,
# and this one holds all the inputs. Prints exit code, processor seconds and peak in KiB.
MEASURE = '''
import os, resource, signal, sys
report = os.dup(1)
child = os.fork()
if child == 0:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    output = os.open("output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.execv(sys.argv[2], sys.argv[2:])
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm(int(sys.argv[1]))
_, status, usage = os.wait4(child, 0)
os.write(report, b"%d %f %d" % (os.waitstatus_to_exitcode(status),
                                usage.ru_utime + usage.ru_stime, usage.ru_maxrss))
'''


def measure(program, case, folder, limit):
    """(exit code, processor seconds, megabytes, output)"""
    with open(os.path.join(folder, 'input' + case.suffix), 'wb') as file:
        file.write(case.data)
    command = [shutil.which(program[0]), *program[1:], *case.verb, 'input' + case.suffix]
    done = subprocess.run([sys.executable, '-S', '-E', '-c', MEASURE, str(int(limit)), *command],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=folder, check=True)
    code, seconds, kilobytes = done.stdout.split()
    with open(os.path.join(folder, 'output'), 'rb') as file:
        return int(code), float(seconds), int(kilobytes) / 1024, common.text(file.read(65536))


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    parser.add_argument('--slow', type=float, default=1)
    parser.add_argument('--verbose', action='store_true')
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()
    program = common.program(options)
    chosen = [c for c in cases() if not options.names or any(n in c.title for n in options.names)]
    failed = 0

    def one(case):
        with tempfile.TemporaryDirectory() as folder:
            return measure(program, case, folder, (case.seconds * 10 + 10) * options.slow)

    for case, (code, seconds, megabytes, output) in common.in_parallel(one, chosen, options.jobs):
        problems = []
        if code == -9:
            problems.append(f'no end within {seconds:.0f} s')
        elif code not in ((0, 1, 134) if case.code is None else (case.code,)):
            problems.append(f'exit code {code}, expected {case.code}')
        if seconds > case.seconds * options.slow:
            problems.append(f'{seconds:.2f} s, at most {case.seconds * options.slow}')
        if options.slow == 1 and megabytes > case.megabytes:
            problems.append(f'{megabytes:.0f} MB, at most {case.megabytes}')
        if len(output) > 4000:
            problems.append(f'{len(output)} bytes of output')
        if code == 1 and not output.strip():
            problems.append('refused without a word')
        if problems or options.verbose:
            print(f'{"FAILED" if problems else "ok    "} {case.title} ({len(case.data)} bytes, '
                  f'{seconds:.2f} s, {megabytes:.0f} MB, exit {code}): {"; ".join(problems)}')
            print('\n'.join('    ' + line[:200] for line in output.splitlines()[:4]))
        failed += bool(problems)
    print(f'hostile input: {len(chosen) - failed} passed, {failed} failed')
    return 1 if failed or not chosen else 0


if __name__ == '__main__':
    sys.exit(main())
