#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long large modules take to load, and how much memory.

    load.py [--engines A,B] [--rounds N] [--quick] [--json FILE] [MODULE ...]

Whole processes: `waxwing validate` (decoding, and checking every body), and running
`MODULE clang --version` where the module is the compiler of scripts/demo-clang.sh, which is what is
loaded when no MODULE is named. CPU time is of the user and the system, all threads.
"""
import argparse
import os
import subprocess
import sys

import measure

DEMO = os.path.join(measure.ROOT, 'build', 'demo-clang')
CLANG = os.path.join(DEMO, 'node_modules', '@yowasp', 'clang', 'gen', 'llvm.core.wasm')
NODE = os.path.join(DEMO, 'node_modules', 'node', 'bin', 'node')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    measure.add_options(parser)
    parser.add_argument('modules', nargs='*', metavar='MODULE')
    options = parser.parse_args()
    if os.path.exists(NODE):
        os.environ.setdefault('NODE', NODE)
    found = measure.chosen_engines(options)
    bench = measure.Bench(options.folder)
    rounds = options.rounds or (1 if options.quick else 5)
    modules = options.modules or [CLANG]
    for module in modules:
        if not os.path.exists(module):
            sys.exit(f'{module} does not exist'
                     + ('' if options.modules else ': scripts/demo-clang.sh fetches it'))
    waxwing = found['waxwing'].path
    jobs = []
    for module in modules:
        name = os.path.basename(module)
        jobs.append((name, 'waxwing validate', module, [waxwing, 'validate', module]))
        if module != CLANG:
            continue
        arguments = ['clang', '--version']
        for engine in found.values():
            command = engine.command(module, arguments)
            if engine.name == 'node':
                script = os.path.join(measure.ROOT, 'scripts', 'node-wasi.mjs')
                command = [engine.path, '--no-warnings', script, DEMO, module, *arguments]
            jobs.append((name, f'{engine.name}: --version', module, command))
    costs = {job[:2]: [] for job in jobs}
    failed = set()
    progress = measure.Progress()
    for n in range(rounds):
        for name, what, _, command in jobs:
            progress.say(f'round {n + 1} of {rounds}: {name}, {what}')
            cost, _ = bench.run(command)
            if cost.code != 0:
                failed.add((name, what))
            costs[name, what].append(cost)
    progress.done()
    rows = []
    for name, what, module, _ in jobs:
        size = os.path.getsize(module)
        cost = costs[name, what]
        if (name, what) in failed:
            rows.append([f'{name} ({size / 1e6:.1f} MB)', what, 'fails', '-', '-', '-'])
            continue
        cpu = measure.median([c.cpu for c in cost])
        rss = measure.median([c.rss for c in cost])
        rows.append([f'{name} ({size / 1e6:.1f} MB)', what, f'{cpu * 1000:.0f}',
                     f'{cpu * 1e9 / size:.1f}', f'{rss / 1024:.0f}', f'{rss * 1024 / size:.2f}'])
    head = ['module', 'what', 'CPU ms', 'ms per MB', 'resident MiB', 'of the file']
    text = f'{measure.heading(found)}\n\nMedians of {rounds} interleaved runs.\n\n'
    text += measure.table(head, rows)
    micro = os.path.join(os.path.dirname(waxwing), 'bench', 'micro')
    if os.path.exists(micro):
        done = subprocess.run([micro, modules[0], '--benchmark_min_time=0.2'],
                              capture_output=True, text=True, check=False)
        lines = [line for line in done.stdout.splitlines() if line]
        text += f'\nIn process ({os.path.basename(modules[0])} for the last three):\n\n```\n'
        text += '\n'.join(lines) + '\n```\n'
    data = {'machine': measure.machine(), 'rounds': rounds,
            'jobs': [{'module': name, 'what': what, 'cpu': [c.cpu for c in costs[name, what]],
                      'rss_kib': [c.rss for c in costs[name, what]]} for name, what, _, _ in jobs]}
    measure.finish(options, 'load', text, data)
    return 1 if any('waxwing' in what for _, what in failed) else 0


if __name__ == '__main__':
    sys.exit(main())
