#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long native programs take to start, and how large they are: a program in C with one printf, made
for WASI and then native by `waxwing native`, and made native by clang.

    native_start.py [--rounds N] [--quick] [--json FILE] [--update FILE]

Elapsed time and CPU time of whole processes, medians of interleaved runs; programs are stripped.
"""
import argparse
import os
import subprocess
import sys

import measure

SOURCE = '#include <stdio.h>\nint main(void) { printf("hello %d\\n", 42); return 0; }\n'


def build(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'{command[0]} fails: {done.stderr}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    measure.add_options(parser)
    options = parser.parse_args()
    bench = measure.Bench(options.folder)
    rounds = options.rounds or (50 if options.quick else 500)
    source = os.path.join(bench.folder, 'native_hello.c')
    with open(source, 'w', encoding='utf-8') as file:
        file.write(SOURCE)
    module = os.path.join(bench.folder, 'native_hello.wasm')
    build(os.path.join(measure.ROOT, 'scripts', 'wasi-cc'), '-O2', source, '-o', module)
    programs = {}
    for link in ('dynamic', 'static'):
        for maker in ('waxwing', 'clang'):
            path = os.path.join(bench.folder, f'native_hello_{maker}_{link}')
            if maker == 'waxwing':
                build(options.waxwing, 'native', '--strip', f'--link={link}', module, '-o', path)
            else:
                build('clang-22', '-O2', '-s', *(['-static'] if link == 'static' else []), source, '-o', path)
            programs[maker, link] = path
    costs = bench.run_interleaved({name: [path] for name, path in programs.items()}, rounds, b'hello 42\n')

    def median(name, field):
        return measure.median_of(costs[name], field)

    rows = []
    for maker, link in programs:
        ratio = median((maker, link), 'wall') / median(('clang', link), 'wall')
        rows.append([maker, link, measure.number(ratio),
                     measure.number(median((maker, link), 'cpu') / median(('clang', link), 'cpu')),
                     f'{median((maker, link), "rss"):.0f}', str(os.path.getsize(programs[maker, link]))])
    machine = measure.machine()
    text = f'One printf, medians of {rounds} interleaved runs.\n\n'
    text += measure.table(['made by', 'link', 'wall vs clang', 'CPU vs clang', 'resident KiB', 'bytes'], rows)
    data = {'machine': machine, 'rounds': rounds,
            'programs': {' '.join(name): {field: [getattr(c, field) for c in costs[name]]
                                          for field in ('wall', 'cpu', 'rss', 'faults')} for name in programs}}
    measure.finish(options, 'native_start', text, data)
    return 0


if __name__ == '__main__':
    sys.exit(main())
