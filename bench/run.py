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

# Which engine of ours is compared with which peer.
PEERS = {'wasm3': 'waxwing', 'iwasm': 'waxwing', 'wasm2c': 'waxwing-aot'}
# Engines whose table is not that of the corpus; the last is its mark.
MARKED = (['no-sandbox'], ['waxwing-aot'], ['waxwing-aot', 'wasm2c'])


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

    def is_for(self, engine):
        return not any(flag in engine.lacks for flag in self.flags)

    def build(self, bench, engines):
        # What selects the guest's machine (-msimd128) is no option of the native compiler.
        # Products that are added to are rounded everywhere, also where they are constants.
        common = ['-O3', '-w', '-ffp-contract=off']
        self.native_flags = [*common, *(flag for flag in self.flags if not flag.startswith('-m'))]
        self.native = bench.build(self.source, self.path, ['clang-22', *self.native_flags],
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
                if name in p.failed or not p.is_for(engine):
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
    peers = [name for name, ours in PEERS.items() if name in found and ours in found]
    groups = list(dict.fromkeys(p.group for p in programs))
    head = ['program', 'native ms', *found, *[f'vs {peer}' for peer in peers]]

    def cells(values):
        return [number(v) for v in values]

    def against(p, peer):
        return p.ratio(peer, PEERS[peer])

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
    text += '; "vs": how many times faster Waxwing is' if peers else ''
    text += ('. "-": the engine lacks what the program is built with.\n\n'
             if any(not p.is_for(engine) for p in programs for engine in found.values()) else '.\n\n')
    text += measure.table(['class', 'programs', *found, *[f'vs {peer}' for peer in peers]], summary)
    text += '\n' + measure.table(head, rows)
    for peer in peers:
        ratios = [(against(p, peer), p.name) for p in programs if against(p, peer)]
        if ratios:
            low, high = min(ratios), max(ratios)
            text += (f'\nAgainst {peer}: from {low[0]:.2f} ({low[1]}) to {high[0]:.2f} '
                     f'({high[1]}).\n')
    return text


def text_table(programs, found, bench):
    """How much machine code the engines that can tell make of the same modules; and how much of a
    program without its C library, which is what it has more than one that only prints."""
    ours = found['waxwing-aot']
    empty = Program('text-least - empty -', measure.HERE)
    empty.build(bench, [ours])
    least = ours.text(empty.modules[ours.guest])
    rows = []
    for name, peer in found.items():
        sizes = [(p, ours.text(p.modules[ours.guest]), peer.text(p.modules[peer.guest]))
                 for p in programs if name in PEERS and p.is_for(peer)]
        if sizes:
            rows.append([f'modules, to {name} -O2', sum(a for _, a, _ in sizes), sum(b for _, _, b in sizes),
                         *spread([(a / b, p.name) for p, a, b in sizes])])
    native = {p.name: measure.elf_text(bench.build(p.source + '.o', p.path, ['clang-22', '-c', *p.native_flags],
                                                   p.depends, ())) for p in programs}
    sizes = [(p, ours.text(p.modules[ours.guest]) - least, native[p.name]) for p in programs]
    rows.append(['without C libraries, to native -O3', sum(a for _, a, _ in sizes),
                 sum(b for _, _, b in sizes), *spread([(a / b, p.name) for p, a, b in sizes])])
    return '\n' + measure.table(['text', 'bytes', 'its bytes', 'mean', 'least', 'most'], rows)


def spread(ratios):
    """The mean, and the ends with what they belong to."""
    low, high = min(ratios), max(ratios)
    return [measure.number(measure.geometric_mean([r for r, _ in ratios])),
            *(f'{ratio:.2f} ({name})' for ratio, name in (low, high))]


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
    # These have tables of their own, and so has every other list.
    corpus = os.path.splitext(os.path.basename(options.corpus))[0]
    mark = list(found)[-1] if corpus == 'corpus' and list(found) in MARKED else corpus
    text = tables(programs, found)
    if mark == 'wasm2c':
        text += text_table(programs, found, bench)
    measure.finish(options, mark, text, data)
    for line in failures:
        print(line, file=sys.stderr)
    return 1 if any('waxwing' in p.failed for p in programs) else 0


if __name__ == '__main__':
    sys.exit(main())
