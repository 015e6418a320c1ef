#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What stack traces cost (docs/stack-traces.md): text, tables and time of each form, relative to none.

    trace.py [--targets A,B] [--modules A,B] [--rounds N] [--quick] [--wamrc PATH] [--update FILE]

Compiles programs of the corpus and large modules of npm packages (bench/trace.txt) with --trace=none,
table and frames with several lists of fields, for each target, and prints geometric means; counts how
many offsets of calls, traps and accesses are exact, and compares them with ids that instructions carry
through the compilation. Times are of this machine's programs. With wamrc on PATH (or --wamrc), its
modes on the same modules stand beside.
"""
import argparse
import datetime
import os
import shutil
import subprocess
import sys

import measure
import run

HERE = os.path.dirname(os.path.abspath(__file__))
# Name, options, and which of the two builds without traces it is compared with.
MODES = [
    ('none', ['--trace=none'], 'none'),
    ('table', ['--trace=table'], 'none'),
    ('none -Os', ['-Os', '--trace=none'], 'none -Os'),
    ('table -Os', ['-Os', '--trace=table'], 'none -Os'),
    ('frames: none', ['--call-stack-features=none'], 'none'),
    ('frames: func-idx', ['--call-stack-features=func-idx'], 'none'),
    ('frames: func-idx,ip', ['--call-stack-features=func-idx,ip'], 'none'),
    ('frames: func-idx,ip,trap-ip', ['--call-stack-features=func-idx,ip,trap-ip'], 'none'),
    ('frames: the same,bounds-checks', ['--enable-dump-call-stack'], 'none'),
    ('frames: func-idx,ip,trap-ip,values', ['--call-stack-features=func-idx,ip,trap-ip,values'], 'none'),
    ('frames: all', ['--call-stack-features=all'], 'none'),
]
# What is timed over all of corpus.txt.
WIDELY = ('none', 'table', 'frames: func-idx,ip')
QUICK = ('none', 'table', 'none -Os', 'table -Os', 'frames: func-idx,ip')
# The same information in WAMR's words.
WAMR = [
    ('none', []),
    ('default', ['--enable-dump-call-stack']),
    ('func-idx', ['--enable-dump-call-stack', '--call-stack-features=func-idx']),
    ('ip,func-idx', ['--enable-dump-call-stack', '--call-stack-features=ip,func-idx']),
    ('bounds-checks,ip,func-idx', ['--enable-dump-call-stack',
                                   '--call-stack-features=bounds-checks,ip,func-idx']),
    ('ip,func-idx,trap-ip', ['--enable-dump-call-stack', '--call-stack-features=ip,func-idx,trap-ip']),
]
WAMR_TARGETS = {'x86_64': 'x86_64', 'aarch64': 'aarch64', 'thumbv7em': 'thumbv7em'}


class Table:
    """Rows of text, printed in columns."""

    def __init__(self, heads):
        self.heads, self.rows = heads, []

    def add(self, *cells):
        self.rows.append(cells)

    def text(self):
        return measure.table(self.heads, self.rows)


def growth(pairs):
    """The geometric mean of ratios, as growth in percent."""
    pairs = [(new, old) for new, old in pairs if new and old]
    if not pairs:
        return '-'
    return f'{100 * (measure.geometric_mean([new / old for new, old in pairs]) - 1):+.2f}%'


class Trace:
    def __init__(self, options):
        self.options = options
        self.bench = measure.Bench(options.folder)
        self.waxwing = os.path.abspath(options.waxwing)
        if not os.path.exists(self.waxwing):
            sys.exit(f'{self.waxwing} does not exist: build it first (make)')
        self.modules = {}
        self.programs = {}
        self.out = []
        self.data = {}
        self.progress = measure.Progress()

    def say(self, text=''):
        self.out.append(text + '\n')

    def prepare(self):
        with open(os.path.join(HERE, 'trace.txt'), encoding='utf-8') as file:
            lines = [line.split() for line in file if line.strip() and not line.startswith('#')]
        wanted = self.options.modules.split(',') if self.options.modules else None
        for name, kind, *rest in lines:
            if wanted and name not in wanted:
                continue
            self.progress.say(f'preparing {name}')
            if kind == 'corpus':
                source = os.path.join(HERE, 'programs', f'{rest[0]}.c')
                compiler = os.path.join(measure.ROOT, 'scripts', 'wasi-cc')
                self.modules[name] = self.bench.build(f'{name}.wasm', source, [compiler, '-O3'])
                self.programs[name] = rest[1:]
            elif (path := measure.package(self.bench.folder, *rest)) is not None:
                self.modules[name] = path
            else:
                self.say(f'{rest[0]} is left out: npm does not give it')

    def image(self, target, module, mode):
        number = [name for name, _, _ in MODES].index(mode)
        return os.path.join(self.bench.folder, f'{module}.{target}.{number}.wax')

    def compile(self, target, module, mode, options):
        output = self.image(target, module, mode)
        command = [self.waxwing, 'compile', f'--target={target}', '--features=all', *options,
                   self.modules[module], '-o']
        done = subprocess.run([*command, output], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.say(f'{module} for {target}, {mode}: {done.stderr.strip().splitlines()[-1]}\n')
            return None
        facts = measure.image_facts(output)
        if mode not in ('table', 'table -Os'):
            return facts
        # Once more, with ids: those of accesses reach machine instructions, those of calls on x86-64.
        done = subprocess.run([*command, os.path.join(self.bench.folder, 'checked.wax'), '--check-sites'],
                              capture_output=True, text=True, check=False)
        for line in done.stderr.splitlines():
            words = line.split()
            if len(words) == 10 and words[0] in ('calls', 'traps', 'accesses'):
                facts[words[0]] = [int(word) for word in words[1::2]]
        return facts

    def sizes(self, target):
        modes = [mode for mode in MODES if not self.options.quick or mode[0] in QUICK]
        found = {}
        for name, options, _ in modes:
            for module in self.modules:
                self.progress.say(f'{target} {module} {name}')
                found[name, module] = self.compile(target, module, name, options)
        self.data[target] = {f'{m} {name}': facts for (name, m), facts in found.items()}
        usable = [m for m in self.modules if all(found[mode[0], m] for mode in modes)]
        self.say(f'### {target}: {len(usable)} modules\n')
        table = Table(['form', 'text', 'worst', 'file', 'tables of text', 'values of text'])
        for name, _, base in modes:
            pairs = [(found[name, m]['text'], found[base, m]['text']) for m in usable]
            worst = max((new / old for new, old in pairs), default=1)
            text = sum(found[name, m]['text'] for m in usable) or 1
            table.add(name, growth(pairs), f'{100 * (worst - 1):+.1f}%',
                      growth([(found[name, m]['file'], found[base, m]['file']) for m in usable]),
                      f"{100 * sum(found[name, m]['sites'] for m in usable) / text:.1f}%",
                      f"{100 * sum(found[name, m]['values'] for m in usable) / text:.1f}%")
        self.say(table.text())
        table = Table(['module', 'text without', 'table', 'table -Os', 'func-idx,ip', 'tables'])
        for m in usable:
            one = lambda mode, base: growth([(found[mode, m]['text'], found[base, m]['text'])])
            table.add(m, found['none', m]['text'], one('table', 'none'), one('table -Os', 'none -Os'),
                      one('frames: func-idx,ip', 'none'),
                      f"{100 * found['table', m]['sites'] / found['table', m]['text']:.1f}%")
        self.say(table.text())
        table = Table(['offsets', 'sites', 'exact', 'with its id', 'wrong and not marked',
                       'with a copied id'])
        for name in ('table', 'table -Os'):
            for kind in ('calls', 'traps', 'accesses'):
                sums = [sum(found[name, m].get(kind, [0] * 5)[i] for m in usable) for i in range(5)]
                table.add(f'{name}: {kind}', sums[0],
                          f'{100 * sums[1] / sums[0]:.2f}%' if sums[0] else '-', *sums[2:])
        self.say(table.text())

    def times(self):
        """CPU time on this machine, in rounds of all forms."""
        rounds = self.options.rounds or (3 if self.options.quick else 9)
        modes = [m for m in MODES if not self.options.quick or m[0] in QUICK]
        for module in self.programs:
            self.compile_for(module, modes)
        self.times_of(self.programs, modes, rounds)
        if self.options.quick or self.options.modules:
            return
        # What is chance in one program evens out over many.
        corpus = run.read_corpus(os.path.join(HERE, 'corpus.txt'),
                                 argparse.Namespace(names=[], group=None))
        compiler = os.path.join(measure.ROOT, 'scripts', 'wasi-cc')
        modes = [m for m in modes if m[0] in WIDELY]
        programs = {}
        for program in corpus:
            self.progress.say(f'preparing {program.name}')
            self.modules[program.name] = self.bench.build(
                f'{program.name}.wasm', program.path,
                [compiler, '-O3', '-w', '-ffp-contract=off', *program.flags], program.depends)
            programs[program.name] = program.words
            self.compile_for(program.name, modes)
        self.times_of(programs, modes, rounds)

    def compile_for(self, module, modes):
        for name, options, _ in modes:
            self.progress.say(f'x86_64 {module} {name}')
            self.compile('x86_64', module, name, options)

    def times_of(self, programs, modes, rounds):
        # On one processor: the last, which has the least to do.
        processors = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {max(processors)})
        costs = {}
        for n in range(rounds):
            for module, words in programs.items():
                for name, _, _ in modes:
                    image = self.image('x86_64', module, name)
                    if not os.path.exists(image):
                        continue
                    self.progress.say(f'round {n + 1} of {rounds}: {module} {name}')
                    cost, _ = self.bench.run([self.waxwing, 'run', image, *words])
                    if cost.code != 0:
                        sys.exit(f'{image} ends with exit code {cost.code}')
                    costs.setdefault((name, module), []).append(cost.cpu)
        os.sched_setaffinity(0, processors)
        self.say(f'### CPU time on this machine, {len(programs)} programs, {rounds} rounds\n')
        table = Table(['form', 'all', 'call-heavy', 'worst'])
        for name, _, base in modes:
            ratios = {}
            for module in programs:
                if (name, module) in costs and (base, module) in costs:
                    # The least of the rounds: whatever else the machine does only adds to it.
                    ratios[module] = min(costs[name, module]) / min(costs[base, module])
            if not ratios:
                continue
            calls = [r for m, r in ratios.items() if m.startswith(('call-', 'vm-lisp', 'indirect-'))]
            percent = lambda values: f'{100 * (measure.geometric_mean(values) - 1):+.1f}%' if values else '-'
            table.add(name, percent(list(ratios.values())), percent(calls),
                      f'{100 * (max(ratios.values()) - 1):+.1f}%')
        self.say(table.text())

    def wamr(self, targets):
        wamrc = self.options.wamrc or shutil.which('wamrc')
        if wamrc is None:
            self.say('WAMR is left out: there is no wamrc on PATH.\n')
            return
        for target in targets:
            table = Table(['wamrc', 'text', 'file', 'modules'])
            files, texts = {}, {}
            for name, options in WAMR:
                for module, path in self.modules.items():
                    output = os.path.join(self.bench.folder, 'peer.aot')
                    self.progress.say(f'wamrc {target} {module} {name}')
                    done = subprocess.run([wamrc, f'--target={WAMR_TARGETS[target]}', *options, '-o',
                                           output, path], capture_output=True, check=False)
                    good = done.returncode == 0
                    files[name, module] = os.path.getsize(output) if good else None
                    texts[name, module] = measure.aot_text(output) if good else None
            for name, _ in WAMR:
                # It crashes on some modules in some modes.
                table.add(name, *(growth([(sizes[name, m], sizes['none', m]) for m in self.modules])
                                  for sizes in (texts, files)),
                          sum(files[name, m] is not None for m in self.modules))
            self.say(f'### wamrc, {target}\n')
            self.say(table.text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    measure.add_options(parser)
    parser.add_argument('--targets', default='x86_64,aarch64,thumbv7em')
    parser.add_argument('--modules', default='')
    parser.add_argument('--wamrc', default=None)
    parser.add_argument('--parts', default='times,sizes,wamr', help='times want a quiet machine, sizes much time')
    options = parser.parse_args()
    targets = options.targets.split(',')
    trace = Trace(options)
    trace.prepare()
    head = f'{datetime.date.today().isoformat()}, {measure.machine()}.\n\n'
    if 'times' in options.parts and 'x86_64' in targets:
        trace.times()
        measure.finish(options, 'trace-times', head + ''.join(trace.out), trace.data)
        trace.out = []
    if 'sizes' in options.parts:
        for target in targets:
            trace.sizes(target)
    if 'wamr' in options.parts:
        trace.wamr(targets)
    trace.progress.done()
    if trace.out:
        measure.finish(options, 'trace', head + ''.join(trace.out), trace.data)


if __name__ == '__main__':
    main()
