#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The corpus in every engine that is here, against native code from the same source.

    run.py [--class CLASS] [--engines A,B] [--rounds N] [--quick] [--json FILE] [NAME ...]

Whole processes are measured by their CPU time, interleaved: each round runs every program once in
each engine. Ratios are medians of the rounds' ratios. Every output is compared with the native
program's. NAME may have wildcards. --corpus reads another list of programs, whose sources lie
beside it in programs/.
"""
import argparse
import fnmatch
import os
import sys

import measure

INTERPRETERS = ('wasm3', 'iwasm')


class Program:
    def __init__(self, line, folder):
        self.name, self.group, self.source, size, *self.flags = line.split()
        self.words = [] if size == '-' else [size]
        base = os.path.join(folder, 'programs', self.source)
        self.path = base + '.c'
        headers = os.path.join(folder, 'programs')
        self.depends = [os.path.join(headers, f) for f in os.listdir(headers) if f.endswith('.h')]
        self.costs = {}
        self.failed = {}

    @property
    def simd(self):
        return '-msimd128' in self.flags

    def build(self, bench, engines):
        # What selects the guest's machine (-msimd128) is no option of the native compiler.
        # Products that are added to are rounded everywhere, also where they are constants.
        common = ['-O3', '-w', '-ffp-contract=off']
        shared = [flag for flag in self.flags if not flag.startswith('-m')]
        self.native = bench.build(self.source, self.path, ['clang-22', *common, *shared],
                                  self.depends)
        self.modules = {
            engine.guest: bench.build(self.name + engine.guest, self.path,
                                      [*engine.compiler, *common, *self.flags], self.depends,
                                      engine.libraries)
            for engine in {engine.guest: engine for engine in engines}.values()}

    def ratio(self, a, b):
        """Of the CPU times of two engines: the median of the rounds' ratios."""
        pairs = list(zip(self.costs.get(a, []), self.costs.get(b, [])))
        return measure.median([x / y for x, y in pairs if y > 0])


def read_corpus(path, options):
    folder = os.path.dirname(os.path.abspath(path))
    programs = []
    with open(path, encoding='utf-8') as file:
        for line in file:
            line = line.split('#')[0].strip()
            if line:
                programs.append(Program(line, folder))
    if options.group:
        programs = [p for p in programs if p.group == options.group]
    if options.names:
        programs = [p for p in programs if any(fnmatch.fnmatch(p.name, n) for n in options.names)]
    if not programs:
        sys.exit('no program of the corpus is called that')
    return programs


def measure_all(programs, found, rounds, bench):
    progress = measure.Progress()
    for p in programs:
        progress.say(f'building {p.name}')
        p.build(bench, found.values())
    for n in range(rounds):
        for p in programs:
            cost, expected = bench.run([p.native, *p.words])
            if cost.code != 0:
                sys.exit(f'{p.name}: the native program ends with {cost.code}')
            p.expected = expected
            p.costs.setdefault('native', []).append(cost.cpu)
            for name, engine in found.items():
                if name in p.failed or (p.simd and not engine.simd):
                    continue
                progress.say(f'round {n + 1} of {rounds}: {p.name} in {name}')
                cost, output = bench.run(engine.command(p.modules[engine.guest], p.words))
                if cost.code != 0:
                    p.failed[name] = f'exit code {cost.code}'
                elif output != p.expected:
                    p.failed[name] = 'another output than native'
                else:
                    p.costs.setdefault(name, []).append(cost.cpu)
    progress.done()


def tables(programs, found):
    number = measure.number
    peers = [name for name in INTERPRETERS if name in found]
    groups = list(dict.fromkeys(p.group for p in programs))
    head = ['program', 'native ms', *found, *[f'vs {peer}' for peer in peers]]

    def cells(values):
        return [number(v) for v in values]

    def against(p, peer):
        return p.ratio(peer, 'waxwing') if 'waxwing' in found else None

    rows = []
    for p in programs:
        native = measure.median(p.costs['native'])
        rows.append([p.name, number(native * 1000, 1),
                     *cells(p.ratio(name, 'native') for name in found),
                     *cells(against(p, peer) for peer in peers)])
    summary = []
    for group in [*groups, 'all']:
        members = [p for p in programs if group in (p.group, 'all')]
        mean = measure.geometric_mean
        summary.append([group, len(members),
                        *cells(mean(p.ratio(name, 'native') for p in members) for name in found),
                        *cells(mean(against(p, peer) for p in members) for peer in peers)])
    text = f'{measure.heading(found)}\n\n'
    text += 'CPU time of whole processes as a multiple of native code (clang-22 -O3)'
    text += ('; "vs": how many times faster Waxwing is. "-": the engine lacks the vectors.\n\n'
             if peers or 'waxwing' in found else '.\n\n')
    text += measure.table(['class', 'programs', *found, *[f'vs {peer}' for peer in peers]], summary)
    text += '\n' + measure.table(head, rows)
    for peer in peers:
        ratios = [(against(p, peer), p.name) for p in programs if against(p, peer)]
        if ratios:
            low, high = min(ratios), max(ratios)
            text += (f'\nAgainst {peer}: from {low[0]:.2f} ({low[1]}) to {high[0]:.2f} '
                     f'({high[1]}).\n')
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    measure.add_options(parser)
    parser.add_argument('--corpus', default=os.path.join(measure.HERE, 'corpus.txt'))
    parser.add_argument('--class', dest='group', help='only programs of this class')
    parser.add_argument('names', nargs='*', metavar='NAME')
    options = parser.parse_args()
    found = measure.chosen_engines(options)
    programs = read_corpus(options.corpus, options)
    bench = measure.Bench(options.folder)
    rounds = options.rounds or (1 if options.quick else 5)
    measure_all(programs, found, rounds, bench)
    failures = [f'{p.name}: {name}: {why}' for p in programs for name, why in p.failed.items()]
    data = {
        'machine': measure.machine(), 'rounds': rounds,
        'versions': {name: engine.version() for name, engine in found.items()},
        'programs': [{'name': p.name, 'class': p.group, 'cpu_seconds': p.costs,
                      'failed': p.failed} for p in programs],
    }
    # Alone, these have tables of their own.
    mark = next(iter(found)) if list(found) in (['no-sandbox'], ['waxwing-aot']) else 'corpus'
    measure.finish(options, mark, tables(programs, found), data)
    for line in failures:
        print(line, file=sys.stderr)
    return 1 if any('waxwing' in p.failed for p in programs) else 0


if __name__ == '__main__':
    sys.exit(main())
