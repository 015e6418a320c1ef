#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The garbage collector's benchmark: binary trees, a splay tree, a queue that churns.

    run.py [--waxwing PROGRAM] [--node NODE] [--repeat N] [NAME ...]

Each NAME.wat runs in Waxwing, and NAME.js, the same algorithm, in node (or deno by --node) where
there is one; both must print the same. For each: CPU seconds of the process (the best of N), its
largest resident memory, pauses, and for Waxwing what the heap holds after a last collection. The
last column is the CPU time relative to node's.
"""
import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAMS = {'trees': '16', 'splay': '300000', 'churn': '10000000'}
STATS = re.compile(r'gc: (\d+) collections?, pauses: median ([\d.]+) ms, longest ([\d.]+) ms, '
                   r'total ([\d.]+) ms; heap: ([\d.]+) MB at most, ([\d.]+) MB at the end')


def measure(command):
    """CPU seconds, output, and what went to stderr."""
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        sys.exit(f'{" ".join(command)}: exit code {process.returncode}\n{err}')
    cpu = usage.ru_utime + usage.ru_stime - start.ru_utime - start.ru_stime
    return cpu, out, err


def peak_of(command):
    """The largest resident memory of a run, in MB."""
    code = ('import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=-3, stderr=-3);'
            'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)')
    return int(subprocess.check_output([sys.executable, '-c', code, *command])) / 1024


def node_pauses(text):
    pauses = []
    for line in text.splitlines():
        found = re.search(r'MB, ([\d.]+) / [\d.]+ +ms', line)
        if found:
            pauses.append(float(found.group(1)))
    return pauses


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--waxwing', default=os.path.join(ROOT, 'build', 'release', 'waxwing'))
    parser.add_argument('--node', default=shutil.which('node') or shutil.which('deno'))
    parser.add_argument('--repeat', type=int, default=3)
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()
    print(f'machine: {os.cpu_count()} processors, {time.strftime("%Y-%m-%d")}')
    print(f'{"program":8} {"engine":8} {"CPU s":>7} {"peak MB":>8} {"collections":>11} '
          f'{"median ms":>9} {"longest ms":>10} {"end MB":>7} {"ratio":>6}')
    for name in options.names or PROGRAMS:
        argument = PROGRAMS[name]
        base, expected = None, None
        if options.node:
            is_deno = os.path.basename(options.node).startswith('deno')
            plain = [options.node, *(['run', '-A'] if is_deno else [])]
            traced = [*plain, '--v8-flags=--trace-gc' if is_deno else '--trace-gc']
            program = [os.path.join(HERE, name + '.js'), argument]
            command = [*traced, *program]
            runs = [measure(command) for _ in range(options.repeat)]
            base = min(run[0] for run in runs)
            # The trace may lie across what the program says, so its result comes from a run of its own.
            lines = measure([*plain, *program])[1].splitlines()
            pauses = node_pauses(runs[0][1] + runs[0][2]) or [0.0]
            expected = [line for line in lines if re.fullmatch(r'-?\d+', line)]
            print(f'{name:8} {"deno" if is_deno else "node":8} {base:7.2f} {peak_of(command):8.1f} '
                  f'{len(pauses):11} {statistics.median(pauses):9.2f} {max(pauses):10.2f} '
                  f'{"":>7} {1:6.2f}')
        command = [options.waxwing, 'run', '--gc-stats', '--invoke', 'run',
                   os.path.join(HERE, name + '.wat'), argument]
        runs = [measure(command) for _ in range(options.repeat)]
        cpu = min(run[0] for run in runs)
        stats = STATS.search(runs[0][2])
        if stats is None:
            sys.exit(f'no statistics in: {runs[0][2]}')
        count, median, longest, _, _, end = stats.groups()
        if expected is not None and runs[0][1].split() != expected:
            sys.exit(f'{name}: {runs[0][1].split()} here, {expected} there')
        ratio = f'{cpu / base:6.2f}' if base else '     -'
        print(f'{name:8} {"waxwing":8} {cpu:7.2f} {peak_of(command):8.1f} {count:>11} '
              f'{float(median):9.2f} {float(longest):10.2f} {float(end):7.2f} {ratio}')


if __name__ == '__main__':
    main()
