#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What debuggers and profilers see of compiled code: gdb (where it is installed) stops at lines of a
guest and names its functions; the DWARF of images and objects has the lines; debug information does
not change the code; damaged files do no harm; --perf names all functions."""
import argparse
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
import common  # noqa: E402

GUEST = os.path.join(HERE, 'guest.wat')
LOAD_LINE = 6  # of `i32.load` in $leaf
STORE_LINE = 12  # of `i32.store` in $middle


def sections(path):
    """name -> bytes of the sections of a 64-bit ELF file."""
    with open(path, 'rb') as file:
        data = file.read()
    at, = struct.unpack_from('<Q', data, 40)
    count, names = struct.unpack_from('<HH', data, 60)
    rows = [struct.unpack_from('<IIQQQQ', data, at + i * 64) for i in range(count)]
    text = data[rows[names][4]:rows[names][4] + rows[names][5]]
    return {text[row[0]:text.index(b'\0', row[0])].decode(): data[row[4]:row[4] + row[5]]
            for row in rows if row[1] != 8}


class Checker:
    def __init__(self, options, folder):
        self.program, self.timeout, self.folder = common.program(options), options.timeout, folder
        self.failed = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, *words):
        return common.run(list(words), self.timeout, cwd=self.folder)

    def waxwing(self, *words):
        return self.command(*self.program, *words)

    def expect(self, good, what, done=None):
        if good:
            return
        self.failed += 1
        shown = '' if done is None else f'\n{common.text(done.out)}{common.text(done.err)}'
        print(f'FAILED {what}{shown}')

    def compile(self, output, *words):
        done = self.waxwing('compile', '--cpu=generic', 'guest.wat', '-o', output, *words)
        self.expect(done.code == 0, f'compile {" ".join(words)}', done)
        return self.path(output)

    def check_files(self):
        for level in ('-O0', '-O2'):
            plain = sections(self.compile('plain.wax', level))
            debug = sections(self.compile('debug.wax', level, '-g'))
            self.expect(plain['.text'] == debug['.text'], f'{level}: the code is the same')
            self.expect('.debug_line' not in plain, f'{level}: no lines where none are asked for')
            self.expect(b'\0leaf\0' in plain['.strtab'] and b'\0outer\0' in plain['.strtab'],
                        f'{level}: symbols are the names of functions')
            path = self.compile('guest.o', level, '-g', '--emit=object')
            self.expect('.debug_line' in sections(path), f'{level}: an object has lines')
            if shutil.which('objdump') is None:
                continue
            for name in ('debug.wax', 'guest.o'):
                done = self.command('objdump', '--dwarf=decodedline', name)
                found = re.findall(r'^guest\.wat +(\d+) ', common.text(done.out), re.M)
                self.expect({str(LOAD_LINE), str(STORE_LINE)} <= set(found),
                            f'{level}: the lines of {name}', done)
        self.compile('asm.s', '-g', '--emit=asm')
        with open(self.path('asm.s'), encoding='utf-8') as file:
            self.expect(re.search(rf'\.loc\s+\d+ {LOAD_LINE} ', file.read()) is not None,
                        'assembly has lines')

    def check_gdb(self):
        if shutil.which('gdb') is None:
            print('gdb is not installed: not tried')
            return
        tries = (['run', '-g', '--invoke', 'outer', 'debug.wax'],
                 ['run', '-g', '--engine=aot', '-O0', '--invoke', 'outer', 'guest.wat'])
        for words in tries:
            done = self.command('gdb', '-nx', '-batch', '-ex', 'set breakpoint pending on',
                                '-ex', f'break guest.wat:{LOAD_LINE}', '-ex', 'run', '-ex', 'bt',
                                '-ex', 'delete', '-ex', 'continue', '--args', *self.program, *words)
            out = common.text(done.out)
            if 'ptrace' in common.text(done.err):
                print('gdb may not trace here: not tried')
                return
            frames = [re.search(rf'^#\d+ .*\b{name} \(\) at guest\.wat:{line}$', out, re.M)
                      for name, line in (('leaf', LOAD_LINE), ('middle', 14))]
            self.expect(all(frames) and re.search(r'^#\d+ .*\bmain \(', out, re.M) is not None,
                        f'gdb: {" ".join(words)}: frames of guest and host', done)
            self.expect('exited normally' in out and '\n4\n' in out, 'gdb: it goes on to its end', done)

    def check_damaged(self, count):
        """Whatever an image says to debuggers, it runs or is refused."""
        with open(self.path('debug.wax'), 'rb') as file:
            whole = file.read()
        # Headers of sections, and all that is behind the text.
        table, = struct.unpack_from('<Q', whole, 40)
        rng = random.Random(7)
        for n in range(count):
            damaged = bytearray(whole)
            for _ in range(rng.randint(1, 8)):
                at = rng.randrange(table, len(whole)) if rng.random() < 0.7 else rng.randrange(40, 64)
                damaged[at] = rng.choice((0, 1, 0x7F, 0xFF, rng.randrange(256)))
            with open(self.path('damaged.wax'), 'wb') as file:
                file.write(damaged)
            done = self.waxwing('run', '-g', '--invoke', 'outer', 'damaged.wax')
            self.expect(done.code in (0, 1), f'damaged image {n}: exit code {done.code}', done)

    def check_perf(self):
        # The shell's process becomes the program's, so that its number is known before.
        script = 'echo $$; exec "$@"'
        for words in (['debug.wax'], ['--engine=aot', 'guest.wat']):
            done = self.command('sh', '-c', script, 'sh', *self.program, 'run', '--perf', '--invoke',
                                'outer', *words)
            number = common.text(done.out).split('\n')[0]
            path = f'/tmp/perf-{number}.map'
            self.expect(done.code == 0 and os.path.exists(path), f'--perf {words}: the file', done)
            if not os.path.exists(path):
                continue
            with open(path, encoding='utf-8') as file:
                lines = file.read().splitlines()
            os.remove(path)
            rows = [re.fullmatch(r'([0-9a-f]+) ([0-9a-f]+) (.+)', line) for line in lines]
            self.expect(lines and all(rows), f'--perf {words}: its form')
            ranges = sorted((int(row[1], 16), int(row[2], 16)) for row in rows if row)
            self.expect(all(a + size <= b for (a, size), (b, _) in zip(ranges, ranges[1:])),
                        f'--perf {words}: pieces are apart')
            self.expect({'leaf', 'middle', 'outer'} <= {row[3] for row in rows if row},
                        f'--perf {words}: names')
        # A place where no file can be made costs the names and nothing else.
        done = self.command('sh', '-c', 'mkdir /tmp/perf-$$.map /tmp/perf-$$.map/x && ' + script,
                            'sh', *self.program, 'run', '--perf', '--invoke', 'outer', 'debug.wax')
        number = common.text(done.out).split('\n')[0]
        shutil.rmtree(f'/tmp/perf-{number}.map', ignore_errors=True)
        self.expect(done.code == 0 and common.text(done.out).endswith('\n4\n') and
                    'cannot be written' in common.text(done.err), '--perf without a file', done)
        done = self.waxwing('run', '--perf', '--invoke', 'outer', 'guest.wat')
        self.expect(done.code == 0 and '--engine=aot compiles it' in common.text(done.err),
                    '--perf of the interpreter', done)

    def check_source(self):
        """The DWARF of a guest becomes that of its code."""
        path = self.path('guest.c')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('volatile int at[4];\n'
                       'int twice(int a) {\n'
                       '  at[a] = a;\n'
                       '  return at[a] * 2;\n'
                       '}\n'
                       'int main(int count, char **words) {\n'
                       '  return twice(count);\n'
                       '}\n')
        subprocess.run([os.path.join(common.ROOT, 'scripts', 'wasi-cc'), '-O1', '-g', path, '-o',
                        self.path('guest.wasm')], check=True)
        done = self.waxwing('compile', '-g', 'guest.wasm', '-o', 'source.wax')
        self.expect(done.code == 0, 'compile -g of a guest with DWARF', done)
        if shutil.which('objdump') is None:
            return
        done = self.command('objdump', '--dwarf=decodedline', 'source.wax')
        found = re.findall(r'^(?:.*/)?guest\.c +(\d+) ', common.text(done.out), re.M)
        self.expect({'3', '4'} <= set(found), 'lines of the source', done)


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    parser.add_argument('--damaged', type=int, default=60, help='damaged images to try')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(GUEST, folder)
        check = Checker(options, folder)
        check.check_files()
        check.check_gdb()
        check.check_damaged(options.damaged)
        check.check_perf()
        check.check_source()
    print('debug:', 'all is well' if check.failed == 0 else f'{check.failed} failed')
    return 1 if check.failed else 0


if __name__ == '__main__':
    sys.exit(main())
