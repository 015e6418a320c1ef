#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the symbols of the core archives: nothing that allocates behind our back, throws, or needs
run-time type information or iostreams may be defined or referred to.

    symbols.py --nm NM ARCHIVE...   prints every stranger, exits 1 if there is one
    symbols.py --self-check --nm NM --cxx CXX   proves that each kind of stranger is caught
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

FORBIDDEN = [
    (r'_Zn[wa][jmy](?!.*Pv$).*', 'operator new'),
    (r'_Zd[la]Pv.*', 'operator delete'),
    (r'__cxa_(throw|rethrow|allocate_exception|begin_catch|end_catch|bad_cast|bad_typeid)',
     'exceptions'),
    (r'__gxx_personality.*', 'exceptions'),
    (r'_ZSt\d+__throw_.*', 'a throwing function of the standard library'),
    (r'_ZNSt8ios_base.*', 'iostream'),
    (r'__dynamic_cast', 'dynamic_cast'),
    (r'_ZT[IS].*', 'type information'),
    (r'_ZSt9terminatev', 'std::terminate'),
]


def strangers(nm, archive):
    output = subprocess.run([nm, archive], check=True, capture_output=True, text=True).stdout
    member = ''
    for line in output.splitlines():
        if line.endswith(':'):
            member = line[:-1]
            continue
        words = line.split()
        if not words:
            continue
        for pattern, what in FORBIDDEN:
            if re.fullmatch(pattern, words[-1]):
                yield f'{os.path.basename(archive)}({member}): {words[-1]}: {what}'


def self_check(nm, cxx):
    cases = [
        ('int* f() { return new int; }', 'operator new'),
        ('void f(int* p) { delete p; }', 'operator delete'),
        ('void f() { throw 1; }', 'exceptions'),
        ('#include <vector>\nint f(std::vector<int>& v) { return v.at(9); }', 'throwing'),
        ('#include <iostream>\n', 'iostream'),
        ('struct A { virtual ~A(); }; struct B : A {};\nB* f(A* a) { return dynamic_cast<B*>(a); }',
         'dynamic_cast'),
        ('int f(int a) { return a + 1; }', None),
    ]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (text, expected) in enumerate(cases):
            source = os.path.join(folder, f'{number}.cc')
            with open(source, 'w', encoding='utf-8') as out:
                out.write(text + '\n')
            subprocess.run([cxx, '-std=c++20', '-c', source, '-o', source + '.o'], check=True)
            found = list(strangers(nm, source + '.o'))
            if (not found) if expected is None else any(expected in f for f in found):
                continue
            failures += 1
            print(f'self-check: {text!r}: expected {expected!r}, got {found}')
    print(f'self-check: {len(cases) - failures} of {len(cases)} cases as expected')
    return failures == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--nm', default='nm')
    parser.add_argument('--cxx', default='c++')
    parser.add_argument('--self-check', action='store_true')
    parser.add_argument('archives', nargs='*')
    options = parser.parse_args()
    if options.self_check:
        return 0 if self_check(options.nm, options.cxx) else 1
    problems = [p for a in options.archives for p in strangers(options.nm, a)]
    for problem in problems:
        print(problem)
    print(f'symbols: {len(options.archives)} archives, {len(problems)} strangers')
    return 1 if problems or not options.archives else 0


if __name__ == '__main__':
    sys.exit(main())
