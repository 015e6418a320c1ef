#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long large modules take to load, and how much memory.

    load.py [--engines A,B] [--rounds N] [--quick] [--json FILE] [MODULE ...]

Whole processes: `waxwing validate` (decoding, and checking every body), and running
`MODULE clang --version` where the module is the compiler of scripts/demo-clang.sh, which is what is
loaded when no MODULE is named. CPU time is of the user and the system, all threads.

In process besides (`make bench-micro` builds what that needs): instances, calls, reading the first module;
and from an image of 3 MB in a file to its first instruction.
"""
import argparse
import os
import subprocess
import sys

import measure

DEMO = os.path.join(measure.ROOT, 'build', 'demo-clang')
CLANG = os.path.join(DEMO, 'node_modules', '@yowasp', 'clang', 'gen', 'llvm.core.wasm')
NODE = os.path.join(DEMO, 'node_modules', 'node', 'bin', 'node')


def large_image(waxwing, folder):
    """An image of 3 MB: 4,000 functions, a table with a quarter of them, 200 KB of data. `first` does
    nothing."""
    image = os.path.join(folder, 'large.wax')
    if os.path.exists(image) and os.path.getmtime(image) > os.path.getmtime(waxwing):
        return image
    count = 4000
    body = ''.join(f'(i32.store offset={8 * i} (local.get 0) (i32.add (i32.load offset={8 * i + 4} '
                   f'(local.get 0)) (i32.const {i})))' for i in range(25))
    source = os.path.join(folder, 'large.wat')
    with open(source, 'w', encoding='utf-8') as file:
        file.write('(module (memory (export "memory") 16) (global $g (export "g") (mut i32) (i32.const 0))\n')
        file.write('(func (export "first"))\n')
        for i in range(count):
            file.write(f'(func $f{i} (param i32) (result i32) {body} '
                       f'(global.set $g (local.get 0)) (local.get 0))\n')
        file.write('(table funcref (elem ' + ' '.join(f'$f{i}' for i in range(0, count, 4)) + '))\n')
        for i in range(2):
            file.write(f'(data (i32.const {131072 * i}) "{"waxwing " * 12800}")\n')
        file.write(')')
    done = subprocess.run([waxwing, 'compile', '-O0', source, '-o', image], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f'{source} does not compile:\n{done.stderr}')
    return image


def in_process(program, argument):
    """What a program of micro/ prints, without what it says of the machine."""
    done = subprocess.run([program, argument, '--benchmark_min_time=0.2'], capture_output=True, text=True,
                          check=False)
    return '```\n' + '\n'.join(line for line in done.stdout.splitlines() if line) + '\n```\n'


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
    built = os.path.join(os.path.dirname(waxwing), 'bench')
    micro, micro_image = (os.path.join(built, name) for name in ('micro', 'micro_image'))
    if os.path.exists(micro):
        text += f'\nIn process ({os.path.basename(modules[0])} for the last three):\n\n'
        text += in_process(micro, modules[0])
    if os.path.exists(micro_image):
        image = large_image(waxwing, bench.folder)
        text += (f'\nAn image of {os.path.getsize(image) / 1e6:.1f} MB, from the file to its first '
                 f'instruction, in process by the public interface:\n\n{in_process(micro_image, image)}')
    data = {'machine': measure.machine(), 'rounds': rounds,
            'jobs': [{'module': name, 'what': what, 'cpu': [c.cpu for c in costs[name, what]],
                      'rss_kib': [c.rss for c in costs[name, what]]} for name, what, _, _ in jobs]}
    measure.finish(options, 'load', text, data)
    return 1 if any('waxwing' in what for _, what in failed) else 0


if __name__ == '__main__':
    sys.exit(main())
