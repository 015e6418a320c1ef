#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks by disassembly that interpreter handlers jump to each other. Where dispatch is by tail
calls that the compiler doesn't guarantee, one that became a call would grow the stack with every
instruction.

    tail_calls.py --objdump OBJDUMP ARCHIVE   prints every handler that calls, exits 1 if there is one
    tail_calls.py --self-check --objdump OBJDUMP --cxx CXX   proves that a call is caught
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

FUNCTION = re.compile(r'^[0-9a-f]+ <(\S+)>:')
# x86-64, AArch64
INDIRECT = re.compile(r'\b(callq?\s+\*|blr\s)')
DIRECT = re.compile(r'\b(callq?\s|bl\s)')
RELOCATION = re.compile(r'R_\w+\s+(\S+)')
# Operators that are functions are called from these, and come back.
MAY_CALL = re.compile(r'handler_(helper|atomic|object|access|vectorE)')


def check(objdump, archive):
    output = subprocess.run([objdump, '-dr', '--no-show-raw-insn', archive], check=True,
                            capture_output=True, text=True).stdout
    handlers, problems = 0, []
    function, direct = None, False
    for line in output.splitlines():
        found = FUNCTION.match(line)
        if found:
            function = found.group(1) if 'handler_' in found.group(1) else None
            handlers += function is not None
            direct = False
            continue
        if function is None:
            continue
        relocation = RELOCATION.search(line)
        if relocation:
            if direct and 'handler_' in relocation.group(1):
                problems.append(f'{function}: calls {relocation.group(1)}')
            continue
        if INDIRECT.search(line):
            if not MAY_CALL.search(function):
                problems.append(f'{function}: {line.strip()}')
            direct = False
        else:
            direct = bool(DIRECT.search(line))
    return handlers, problems


def self_check(objdump, cxx):
    source = '''
        extern "C" { typedef int (*H)(const void*); int use(int*);
        int handler_good(const void* p) { return (*(H*)p)(p); }
        int handler_bad(const void* p) { int x = (*(H*)p)(p); return x + 1; }
        int handler_worse(const void* p) { return handler_good(p) + 1; } }'''
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'a.cc')
        with open(path, 'w', encoding='utf-8') as out:
            out.write(source)
        subprocess.run([cxx, '-O2', '-fPIC', '-fno-inline', '-c', path, '-o', path + '.o'], check=True)
        handlers, problems = check(objdump, path + '.o')
    caught = sorted({p.split(':')[0] for p in problems})
    good = handlers == 3 and caught == ['handler_bad', 'handler_worse']
    print(f'self-check: {handlers} handlers, caught {caught}')
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--objdump', required=True)
    parser.add_argument('--cxx')
    parser.add_argument('--self-check', action='store_true')
    parser.add_argument('archive', nargs='?')
    options = parser.parse_args()
    if options.self_check:
        return 0 if self_check(options.objdump, options.cxx) else 1
    handlers, problems = check(options.objdump, options.archive)
    for problem in problems:
        print(problem)
    print(f'{handlers} handlers, {len(problems)} that call')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
