#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What it costs to compile: CPU time for a MB of code, memory at the most, and what more threads gain.

    compile.py [--modules A,B] [--levels 0,1,2] [--rounds N] [--quick] [--wamrc PATH] [--json FILE]
               [--update FILE] [FILE.wasm ...]

Of large modules of npm packages (those in bench/trace.txt) or of the files that are named, at each level:
CPU seconds (user and system, with one thread) for a MB of function bodies, the largest resident set beside
the bound of 300 MB and 20 times the module, text for each byte of code, and with a thread a core the elapsed
time and CPU time relative to one thread. Medians of interleaved runs. With wamrc on PATH (or --wamrc), its
CPU time at its default level relative to waxwing's stands beside that.
"""
import argparse
import os
import shutil
import sys

import measure

MB = 1e6


def code_bytes(path):
    """The size of the code section."""
    with open(path, 'rb') as file:
        data = file.read()

    def number(at):
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if data[at - 1] < 128:
                return value, at

    at = 8
    while at < len(data):
        kind = data[at]
        size, at = number(at + 1)
        if kind == 10:
            return size
        at += size
    sys.exit(f'{path}: no code')


def modules(options, folder):
    if options.files:
        return {os.path.basename(path).removesuffix('.wasm'): path for path in options.files}
    found = {}
    wanted = options.modules.split(',') if options.modules else None
    with open(os.path.join(measure.HERE, 'trace.txt'), encoding='utf-8') as file:
        lines = [line.split() for line in file if line.strip() and not line.startswith('#')]
    for name, kind, *rest in lines:
        if kind != 'npm' or (wanted and name not in wanted):
            continue
        path = measure.package(folder, *rest)
        if path is None:
            print(f'{rest[0]} is left out: npm does not give it', file=sys.stderr)
        else:
            found[name] = path
    if not found:
        sys.exit('no such module in bench/trace.txt')
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n', maxsplit=1)[0])
    measure.add_options(parser)
    parser.add_argument('--modules', metavar='A,B', help='only these of bench/trace.txt')
    parser.add_argument('--levels', metavar='A,B', default='0,1,2', help='levels of -O (0,1,2)')
    parser.add_argument('--wamrc', metavar='PATH', default=shutil.which('wamrc'), help='where wamrc is')
    parser.add_argument('files', nargs='*', metavar='FILE', help='modules in the place of those')
    options = parser.parse_args()
    if not os.path.exists(options.waxwing):
        sys.exit(f'{options.waxwing} does not exist: build it first (make)')
    bench = measure.Bench(options.folder)
    found = modules(options, bench.folder)
    rounds = options.rounds or (1 if options.quick else 5)
    cores = os.cpu_count()
    commands, outputs = {}, {}
    for name, path in found.items():
        for level in options.levels.split(','):
            for threads in sorted({1, cores}):
                key = (name, level, threads)
                outputs[key] = os.path.join(bench.folder, f'compile-{level}-{threads}.wax')
                commands[key] = [options.waxwing, 'compile', f'-O{level}', f'-j{threads}', path, '-o', outputs[key]]
        if options.wamrc:
            commands[name, 'wamrc', 1] = [options.wamrc, '-o', os.path.join(bench.folder, 'compile.aot'), path]
    costs, text = {key: [] for key in commands}, {}
    progress = measure.Progress()
    for n in range(rounds):
        for key, command in commands.items():
            progress.say(f'round {n + 1} of {rounds}: {" ".join(map(str, key))}')
            cost, _ = bench.run(command)
            if cost.code != 0:
                sys.exit(f'{" ".join(command)} ends with exit code {cost.code}')
            costs[key].append(cost)
            if key in outputs:
                text[key] = measure.image_facts(outputs[key])['text']
    progress.done()

    def median(key, field):
        return measure.median_of(costs[key], field)

    rows, data = [], {}
    for name, level, threads in commands:
        key, code = (name, level, threads), code_bytes(found[name])
        data[f'{name} {level} {threads}'] = {field: [getattr(cost, field) for cost in costs[key]]
                                             for field in ('wall', 'cpu', 'rss')} | {'code': code, 'text': text.get(key)}
        if threads != 1 or level == 'wamrc':
            continue
        many, peer = (name, level, cores), (name, 'wamrc', 1)
        bound = 300 + 20 * os.path.getsize(found[name]) / MB
        rows.append([name, f'-O{level}', measure.number(code / MB), measure.number(median(key, 'cpu') / (code / MB), 1),
                     measure.number(median(peer, 'cpu') / median(key, 'cpu')) if peer in costs else '-',
                     measure.number(text[key] / code),
                     f'{median(many, "rss") * 1024 / MB:.0f} of {bound:.0f}',
                     measure.number(median(many, 'wall') / median(key, 'wall')),
                     measure.number(median(many, 'cpu') / median(key, 'cpu'))])
    output = f'{measure.machine()}; medians of {rounds} interleaved runs.\n\n'
    output += measure.table(['module', 'level', 'MB of code', 'CPU s/MB', 'wamrc vs it', 'text/code', 'peak MB',
                             f'wall -j{cores} vs -j1', 'CPU'], rows)
    measure.finish(options, 'compile', output, {'machine': measure.machine(), 'rounds': rounds, 'runs': data})
    return 0


if __name__ == '__main__':
    sys.exit(main())
