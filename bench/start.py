#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long it takes to start: a module whose `_start` does nothing, as a whole process.

    start.py [--engines A,B] [--rounds N] [--quick] [--json FILE]

Elapsed time, CPU time and the largest resident set, medians of interleaved runs.
"""
import argparse
import os
import sys

import measure

# (module (memory (export "memory") 1) (func (export "_start")))
EMPTY = bytes.fromhex('0061736d01000000' '010401600000' '03020100' '0503010001'
                      '071302' '066d656d6f72790200' '065f73746172740000' '0a040102000b')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    measure.add_options(parser)
    options = parser.parse_args()
    found = measure.chosen_engines(options)
    bench = measure.Bench(options.folder)
    rounds = options.rounds or (20 if options.quick else 200)
    module = os.path.join(bench.folder, 'empty.wasm')
    with open(module, 'wb') as file:
        file.write(EMPTY)
    costs = bench.run_interleaved({name: engine.command(module, []) for name, engine in found.items()}, rounds)

    def median(name, field):
        return measure.median_of(costs[name], field)

    rows = []
    for name in found:
        relative = [measure.number(median(name, 'wall') / median(peer, 'wall'))
                    for peer in found if peer == 'wasm3']
        rows.append([name, f'{median(name, "wall") * 1000:.3f}', f'{median(name, "cpu") * 1000:.3f}',
                     f'{median(name, "rss"):.0f}', f'{median(name, "faults"):.0f}', *relative])
    head = ['engine', 'wall ms', 'CPU ms', 'resident KiB', 'page faults']
    if 'wasm3' in found:
        head.append('wall vs wasm3')
    text = f'{measure.heading(found)}\n\nAn empty `_start`, medians of {rounds} interleaved runs.\n\n'
    text += measure.table(head, rows)
    data = {'machine': measure.machine(), 'rounds': rounds,
            'engines': {name: {field: [getattr(c, field) for c in costs[name]]
                               for field in ('wall', 'cpu', 'rss', 'faults')} for name in found}}
    measure.finish(options, 'start', text, data)
    return 0


if __name__ == '__main__':
    sys.exit(main())
