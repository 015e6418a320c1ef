#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Source lines in traces: a guest with DWARF, whose trap must name the lines of its source, by `run`,
by `symbolize` and by a native program, with the debug information inside, in a file beside it, or damaged."""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
import common  # noqa: E402
import wasm_bytes  # noqa: E402

SOURCE = os.path.join(HERE, 'crash.cc')
# Innermost first; a function's line where it is its own, and the one that it was inlined into.
EXPECTED = [('peek', 9, 'middle'), ('middle', 13, 'read'), ('read', 20, None), ('read', 21, None),
            ('main', 30, None)]
LINE = re.compile(r'^ *(\d+): ~?(0x[0-9a-f]+) (.*?)(?:  +(\S+):(\d+):(\d+)(?: \(inlined into (.*)\))?)?$')


def build(folder, level):
    path = os.path.join(folder, f'crash{level}.wasm')
    subprocess.run([os.path.join(common.ROOT, 'scripts', 'wasi-cc'), level, '-g', '-std=c++20', SOURCE,
                    '-o', path], check=True)
    return path


class Checker:
    def __init__(self, program, timeout):
        self.program, self.timeout, self.failed = program, timeout, 0

    def waxwing(self, *words, stdin=None):
        return common.run([*self.program, *words], self.timeout, stdin=stdin or subprocess.DEVNULL)

    def expect(self, good, what, shown=''):
        if good:
            return
        self.failed += 1
        print(f'FAILED {what}\n{shown}')

    def native(self, what, output, *words):
        """The trace of a native program, which is gone without its sources and its module."""
        done = self.waxwing('native', *words, '-o', output)
        self.expect(done.code == 0, f'{what}: is made', common.text(done.err))
        return common.text(common.run([output], self.timeout, stdin=subprocess.DEVNULL).err)

    def check_native(self, folder, level, module, stripped):
        """As `run` shows it in the same machine code, whether the lines are in the module or not."""
        run = common.text(self.waxwing('run', '--engine=aot', module).err)
        output = os.path.join(folder, 'crash')
        trace = self.native(f'native {level}', output, '--trace-lines', module)
        self.expect('crash.cc:' in trace and trace == run, f'native {level} is as run', trace + run)
        trace = self.native(f'native --debug-info {level}', output, '--debug-info', module, stripped)
        self.expect(trace == run, f'native --debug-info {level} is as run', trace + run)
        bare = self.native(f'native {level}, not asked for lines', output, module)
        self.expect('crash.cc' not in bare and 'main' in bare, f'native {level} has no lines', bare)

        none = self.waxwing('native', '--trace-lines', stripped, '-o', output)
        self.expect(none.code == 1 and 'there is no debug information in it' in common.text(none.err),
                    f'native {level}: no lines to put in', common.text(none.err))

    def check_trace(self, what, text):
        frames = [LINE.match(line) for line in text.splitlines() if re.match(r' *\d+: ', line)]
        frames = [frame for frame in frames if frame]
        self.expect([int(f.group(1)) for f in frames] == list(range(len(frames))),
                    f'{what}: frames are numbered in order', text)
        for frame, (name, line, into) in zip(frames, EXPECTED):
            good = name in frame.group(3) and frame.group(4) is not None and \
                frame.group(4).endswith('crash.cc') and int(frame.group(5)) == line and \
                (into is None) == (frame.group(7) is None) and (into is None or into in frame.group(7))
            self.expect(good, f'{what}: {name} at line {line}', text)
        self.expect(len(frames) > len(EXPECTED), f'{what}: the frames below main', text)


def debug_sections(module):
    """(start, end) of the content of every section with DWARF."""
    return [(start, end) for name, start, end in wasm_bytes.custom_sections(module)
            if name.startswith('.debug_')]


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    parser.add_argument('--damaged', type=int, default=60, help='damaged modules to try')
    parser.add_argument('--native', action='store_true', help='native programs as well')
    options = parser.parse_args()
    check = Checker(common.program(options), options.timeout)
    with tempfile.TemporaryDirectory() as folder:
        for level in ('-O0', '-O2'):
            module = build(folder, level)
            done = check.waxwing('run', module)
            trace = common.text(done.err)
            check.expect(done.code == 134, f'{level}: the exit code of a trap', trace)
            check.check_trace(f'run {level}', trace)

            # Stripped: names, no lines; with the file that has them, all of it again.
            stripped = os.path.join(folder, 'stripped.wasm')
            subprocess.run(['llvm-objcopy-22', '--strip-debug', module, stripped], check=True)
            bare = common.text(check.waxwing('run', stripped).err)
            check.expect('crash.cc' not in bare and 'read' in bare, f'stripped {level}', bare)
            check.check_trace(f'--debug-info {level}', common.text(
                check.waxwing('run', '--debug-info', module, stripped).err))

            if options.native:
                check.check_native(folder, level, module, stripped)

            # The name of that file in the module, as strip tools leave it.
            external = os.path.join(folder, 'external.wasm')
            shutil.copy(stripped, external)
            with open(external, 'ab') as file:
                url = os.path.basename(module).encode()
                file.write(wasm_bytes.custom_section('external_debug_info',
                                                     bytes([len(url)]) + url))
            check.check_trace(f'external {level}', common.text(check.waxwing('run', external).err))

            # The bare trace, put in full later; what is no frame stays.
            with tempfile.TemporaryFile() as log:
                log.write(b'boot ok\n' + bare.encode() + b'done\n')
                log.seek(0)
                full = common.text(check.waxwing('symbolize', module, stdin=log).out)
            check.check_trace(f'symbolize {level}', full)
            check.expect(full.startswith('boot ok\n') and full.endswith('done\n'),
                         f'symbolize {level} keeps other lines', full)

        # Damaged debug information costs the lines, never the trace.
        with open(module, 'rb') as file:
            whole = file.read()
        places = debug_sections(whole)
        check.expect(len(places) >= 4, 'the guest has sections with DWARF')
        source = random.Random(5)
        damaged = os.path.join(folder, 'damaged.wasm')
        for n in range(options.damaged):
            bytes_of = bytearray(whole)
            for _ in range(source.choice((1, 8, 200))):
                start, end = source.choice(places)
                bytes_of[source.randrange(start, end)] = source.randrange(256)
            with open(damaged, 'wb') as file:
                file.write(bytes_of)
            done = check.waxwing('run', damaged)
            text = common.text(done.err)
            check.expect(done.code == 134 and 'read' in text, f'damaged module {n}', text)

    # What cannot be: each an error that says so.
    for words, part in ((('symbolize',), 'no file given'),
                        (('symbolize', SOURCE), 'this is C++'),
                        (('symbolize', '--json', 'none.wasm'), 'there is no such file')):
        done = check.waxwing(*words)
        check.expect(done.code != 0 and part in common.text(done.err), f'{words}: {part}',
                     common.text(done.err))
    print(f'lines: {"ok" if not check.failed else f"{check.failed} failed"}')
    return 1 if check.failed else 0


if __name__ == '__main__':
    sys.exit(main())
