# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the benchmarks share: engines and where they are, processes and what they cost, tables."""
import datetime
import json
import math
import os
import platform
import random
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
# Flags of programs that not every engine takes.
SIMD, WIDE = '-msimd128', '-mwide-arithmetic'


class Cost:
    """Of one process: CPU and elapsed seconds, largest resident set in KiB, faults, exit code."""

    def __init__(self, line):
        user, system, wall, rss, faults, code = (int(word) for word in line.split())
        self.cpu = (user + system) / 1e6
        self.wall = wall / 1e6
        self.rss = rss
        self.faults = faults
        self.code = code


class Bench:
    """The folder for what is built, and the launcher in it."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.spawn = self.build('spawn', os.path.join(HERE, 'spawn.c'),
                                ['clang-22', '-O2', '-static'])

    def build(self, name, source, command, depends=(), libraries=('-lm',)):
        """Compiles `source` unless the output is younger than all that it is made of."""
        output = os.path.join(self.folder, name)
        inputs = [source, *depends]
        if os.path.exists(output) and all(
                os.path.getmtime(output) > os.path.getmtime(i) for i in inputs):
            return output
        done = subprocess.run([*command, source, '-o', output, *libraries], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            sys.exit(f'{source} does not compile:\n{done.stderr}')
        return output

    def run(self, argv):
        """(cost, standard output)"""
        output = os.path.join(self.folder, 'stdout')
        done = subprocess.run([self.spawn, output, *argv], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0 or not done.stdout:
            sys.exit(f'{argv[0]} cannot be run: {done.stderr.strip()}')
        with open(output, 'rb') as file:
            return Cost(done.stdout), file.read()

    def run_interleaved(self, commands, rounds, expected=None):
        """The costs of each of `commands` (name to argv), one a round. In an order of its own each
        round: what follows a large program finds cold caches. `expected` is what all print."""
        costs = {name: [] for name in commands}
        progress = Progress()
        for n in range(rounds):
            progress.say(f'round {n + 1} of {rounds}')
            order = list(commands.items())
            random.Random(n).shuffle(order)
            for name, argv in order:
                cost, output = self.run(argv)
                if cost.code != 0 or (expected is not None and output != expected):
                    sys.exit(f'{argv[0]} ends with exit code {cost.code} and {output!r}')
                costs[name].append(cost)
        progress.done()
        return costs


def median_of(costs, field):
    return median([getattr(cost, field) for cost in costs])


class Engine:
    """Something that runs a module: how it is found, called and asked for its version."""

    # What guests are built with, and with which libraries.
    compiler = (os.path.join(ROOT, 'scripts', 'wasi-cc'),)
    libraries = ('-lm',)
    guest = '.wasm'
    # Whether it is measured where no engines are named.
    usual = True

    def __init__(self, name, program, arguments, version, lacks=()):
        self.name, self.program, self.arguments = name, program, arguments
        self.version_arguments = version
        # Flags of the guests' compiler whose instructions it doesn't know, or not without being told.
        self.lacks = lacks
        self.path = None

    def find(self):
        path = os.environ.get(self.name.upper().replace('-', '_')) or shutil.which(self.program)
        self.path = os.path.abspath(path) if path and os.path.exists(path) else None
        return self.path is not None

    def command(self, module, words):
        return [self.path, *self.arguments, module, *words]

    def version(self):
        done = subprocess.run([self.path, *self.version_arguments], capture_output=True, text=True,
                              check=False)
        found = re.search(r'v?\d+\.\d+(\.\d+)?\S*', done.stdout + done.stderr)
        return found.group(0).rstrip(',;)') if found else '?'


class CompiledEngine(Engine):
    """Waxwing with modules that it has compiled before, for the processor that native programs are
    compiled for. WAXWING_AOT_OPTIONS: other options for the compiler."""

    def __init__(self, name, program):
        super().__init__(name, program, ['run'], ['--version'])
        self.options = os.environ.get('WAXWING_AOT_OPTIONS', '--cpu=generic').split()

    def find(self):
        self.path = os.environ['WAXWING']
        return subprocess.run([self.path, 'compile', '--cpu=help'], capture_output=True,
                              check=False).returncode == 0

    def image(self, module):
        image = module.removesuffix('.wasm') + '.'.join(self.options) + '.wax'
        made_of = (module, self.path, os.path.join(os.path.dirname(self.path),
                                                   'libwaxwing_compile.so'))
        newest = max(os.path.getmtime(file) for file in made_of if os.path.exists(file))
        if not os.path.exists(image) or os.path.getmtime(image) < newest:
            done = subprocess.run([self.path, 'compile', *self.options, module, '-o', image],
                                  capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(f'{module} does not compile:\n{done.stderr}')
        return image

    def command(self, module, words):
        return super().command(self.image(module), words)

    def text(self, module):
        return image_facts(self.image(module))['text']


class NoSandboxEngine(Engine):
    """Executables of `waxwing native --no-sandbox`, of guests that are compiled for that. For the
    processor that native programs are compiled for, and as much optimised."""

    compiler = ('clang-22', '--config=' + os.path.join(ROOT, 'share', 'waxwing', 'nosandbox',
                                                       'wasm64.cfg'))
    libraries = ()
    guest = '.64.wasm'
    usual = False

    def __init__(self, name, program):
        super().__init__(name, program, [], ['--version'])
        self.options = os.environ.get('WAXWING_NO_SANDBOX_OPTIONS', '-O3 --link=dynamic').split()

    def find(self):
        self.path = os.environ['WAXWING']
        return True

    def command(self, module, words):
        program = module.removesuffix(self.guest) + '.no-sandbox'
        made_of = (module, self.path, os.path.join(os.path.dirname(self.path),
                                                   'libwaxwing_compile.so'))
        newest = max(os.path.getmtime(file) for file in made_of if os.path.exists(file))
        if not os.path.exists(program) or os.path.getmtime(program) < newest:
            done = subprocess.run([self.path, 'native', '--no-sandbox', *self.options, module, '-o',
                                   program], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(f'{module} does not compile:\n{done.stderr}')
        return [program, *words]


class Wasm2cEngine(Engine):
    """The C that wasm2c makes of a module, compiled by clang-22 for the processor that native programs
    are compiled for. It has guard pages where the processor has 64 bits. wasm2c.c is around it; the
    rest comes from where Debian's package has it."""

    usual = False

    def __init__(self, name, program):
        super().__init__(name, program, [], ['--version'], lacks=(SIMD, WIDE))

    def find(self):
        if not super().find():
            return False
        prefix = os.path.dirname(os.path.dirname(os.path.realpath(self.path)))
        self.runtime = os.path.join(prefix, 'share', 'wabt', 'wasm2c')
        self.headers = os.path.join(prefix, 'include')
        return os.path.exists(os.path.join(self.runtime, 'wasm-rt-impl.c'))

    def source(self, module):
        """The C file; a header of the same name lies beside it."""
        source = module.removesuffix('.wasm') + '.wasm2c.c'
        if not os.path.exists(source) or os.path.getmtime(source) < os.path.getmtime(module):
            done = subprocess.run([self.path, '--module-name=guest', module, '-o', source],
                                  capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(f'{module} is not for wasm2c:\n{done.stderr}')
        return source

    def compile(self, source, output, arguments):
        shim = os.path.join(HERE, 'wasm2c.c')
        made_of = (source, shim, self.path)
        if os.path.exists(output) and os.path.getmtime(output) > max(map(os.path.getmtime, made_of)):
            return output
        header = os.path.basename(source).removesuffix('.c') + '.h'
        done = subprocess.run(['clang-22', '-w', '-ffp-contract=off', f'-I{os.path.dirname(source)}',
                               f'-I{self.runtime}', f'-I{self.headers}', f'-DGUEST="{header}"', source,
                               *arguments, '-o', output], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f'{source} does not compile:\n{done.stderr}')
        return output

    def command(self, module, words):
        source = self.source(module)
        program = self.compile(source, source.removesuffix('.c'), [
            '-O3', os.path.join(HERE, 'wasm2c.c'), os.path.join(self.runtime, 'wasm-rt-impl.c'), '-lm'])
        return [program, *words]

    def text(self, module):
        """Of the guest alone, as the smaller level makes it."""
        source = self.source(module)
        return elf_text(self.compile(source, source.removesuffix('.c') + '.o', ['-O2', '-c']))


WASI = os.path.join(HERE, 'wasi.mjs')


def engines(waxwing):
    """Every engine that is here, by name. A variable named like one (WASM3, IWASM, NODE, ...)
    says where it is if it isn't on PATH."""
    os.environ['WAXWING'] = waxwing
    known = [
        Engine('waxwing', 'waxwing', ['run'], ['--version']),
        CompiledEngine('waxwing-aot', 'waxwing'),
        NoSandboxEngine('no-sandbox', 'waxwing'),
        Wasm2cEngine('wasm2c', 'wasm2c'),
        Engine('wasm3', 'wasm3', [], ['--version'], lacks=(SIMD, WIDE)),
        Engine('iwasm', 'iwasm', ['--stack-size=1048576'], ['--version'], lacks=(WIDE,)),
        Engine('wasmtime', 'wasmtime', ['run'], ['--version'], lacks=(WIDE,)),
        Engine('node', 'node', ['--no-warnings', WASI], ['--version'], lacks=(WIDE,)),
        Engine('deno', 'deno', ['run', '--allow-all', WASI], ['--version'], lacks=(WIDE,)),
        Engine('bun', 'bun', [WASI], ['--version'], lacks=(WIDE,)),
    ]
    return {engine.name: engine for engine in known if engine.find()}


def add_options(parser):
    parser.add_argument('--waxwing', default=os.path.join(ROOT, 'build', 'release', 'waxwing'),
                        help='the program to measure (build/release/waxwing)')
    parser.add_argument('--engines', metavar='A,B', help='only these (default: all that are found)')
    parser.add_argument('--rounds', type=int, help='how often everything is run')
    parser.add_argument('--quick', action='store_true', help='a first impression: few rounds')
    parser.add_argument('--json', metavar='FILE', help='write all numbers to FILE')
    parser.add_argument('--update', metavar='FILE',
                        help='put the tables into FILE, between the marks of this benchmark')
    parser.add_argument('--folder', default=os.path.join(ROOT, 'build', 'bench'),
                        help='where programs are built (build/bench)')


def chosen_engines(options):
    if not os.path.exists(options.waxwing):
        sys.exit(f'{options.waxwing} does not exist: build it first (make)')
    found = engines(os.path.abspath(options.waxwing))
    if options.engines:
        wanted = options.engines.split(',')
        for name in wanted:
            if name not in found:
                sys.exit(f'{name}: not found (put it on PATH or name it by '
                         f'{name.upper()}=PROGRAM); there are {", ".join(found)}')
        return {name: found[name] for name in wanted}
    return {name: engine for name, engine in found.items() if engine.usual}


def geometric_mean(values):
    values = [v for v in values if v]
    return math.exp(sum(math.log(v) for v in values) / len(values)) if values else None


def median(values):
    return statistics.median(values) if values else None


def machine():
    model = platform.machine()
    try:
        with open('/proc/cpuinfo', encoding='utf-8') as file:
            found = re.search(r'model name\s*: (.*)', file.read())
            if found:
                model = found.group(1)
    except OSError:
        pass
    return f'{model}, {os.cpu_count()} cores, {platform.system()} {platform.release().split("-")[0]}'


def image_facts(path):
    """Sizes of an image: text, file, and sections by number."""
    with open(path, 'rb') as file:
        data = file.read()
    wide = data[4] == 2
    table, count = (struct.unpack_from('<Q', data, 32)[0], struct.unpack_from('<H', data, 56)[0]) \
        if wide else (struct.unpack_from('<I', data, 28)[0], struct.unpack_from('<H', data, 44)[0])
    for i in range(count):
        at = table + i * (56 if wide else 32)
        if struct.unpack_from('<I', data, at)[0] == 0x60574158:
            at = struct.unpack_from('<Q', data, at + 8)[0] if wide else \
                struct.unpack_from('<I', data, at + 4)[0]
            break
    sections = struct.unpack_from('<I', data, at + 52)[0]
    text = struct.unpack_from('<I', data, at + 60)[0]
    sizes = {}
    for i in range(sections):
        kind, _, size = struct.unpack_from('<III', data, at + 88 + 12 * i)
        sizes[kind] = size
    return {'text': text, 'file': len(data), 'sites': sizes.get(6, 0) + sizes.get(17, 0),
            'values': sizes.get(13, 0) + sizes.get(14, 0) + sizes.get(15, 0)}


def elf_text(path):
    """The size of all sections of an object or program that hold machine code (64 bits)."""
    with open(path, 'rb') as file:
        data = file.read()
    table, = struct.unpack_from('<Q', data, 40)
    count, = struct.unpack_from('<H', data, 60)
    text = 0
    for i in range(count):
        _, _, flags, _, _, size = struct.unpack_from('<IIQQQQ', data, table + 64 * i)
        if flags & 4:
            text += size
    return text


def aot_text(path):
    """The size of the text section of what wamrc makes: section 2 of a list of numbers and sizes."""
    with open(path, 'rb') as file:
        data = file.read()
    at = 8
    while at + 8 <= len(data):
        kind, size = struct.unpack_from('<II', data, at)
        if kind == 2:
            return size
        at = (at + 8 + size + 3) & ~3
    return None


def package(folder, name, member):
    """A file of an npm package, kept in `folder`; nothing where that cannot be had."""
    path = os.path.join(folder, name.replace('/', '+') + '.wasm')
    if os.path.exists(path):
        return path
    if shutil.which('npm') is None:
        return None
    done = subprocess.run(['npm', 'pack', '--silent', name], cwd=folder, capture_output=True, text=True,
                          check=False)
    archive = done.stdout.strip().splitlines()
    if done.returncode != 0 or not archive:
        return None
    with tarfile.open(os.path.join(folder, archive[-1])) as tar:
        with open(path, 'wb') as file:
            file.write(tar.extractfile('package/' + member).read())
    return path


def heading(found):
    """What was measured, where and when."""
    versions = ', '.join(f'{name} {engine.version()}' for name, engine in found.items())
    return f'{datetime.date.today().isoformat()}, {machine()}; {versions}.'


def number(value, digits=2):
    return '-' if value is None else f'{value:.{digits}f}'


def table(head, rows):
    """A table as Markdown that is aligned for reading as it is."""
    lines = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in lines) for i in range(len(head))]
    out = []
    for n, row in enumerate(lines):
        cells = [row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]
        out.append('| ' + ' | '.join(cells) + ' |')
        if n == 0:
            rest = ['-' * (w - 1) + ':' for w in widths[1:]]
            out.append('| ' + ' | '.join(['-' * widths[0], *rest]) + ' |')
    return '\n'.join(out) + '\n'


def finish(options, name, text, data):
    """Prints the tables, and keeps them where that is asked for."""
    print(text)
    if options.json:
        with open(options.json, 'w', encoding='utf-8') as file:
            json.dump(data, file, indent=1)
    if options.update:
        with open(options.update, encoding='utf-8') as file:
            page = file.read()
        begin, end = f'<!-- {name} -->\n', f'<!-- end {name} -->'
        if begin not in page or end not in page:
            sys.exit(f'{options.update} has no place for {name}')
        before, rest = page.split(begin, 1)
        after = rest.split(end, 1)[1]
        with open(options.update, 'w', encoding='utf-8') as file:
            file.write(before + begin + text.strip() + '\n' + end + after)


class Progress:
    """A line that is rewritten, on a terminal only."""

    def __init__(self):
        self.on = sys.stderr.isatty()

    def say(self, text):
        if self.on:
            print('\r\033[K' + text, end='', file=sys.stderr, flush=True)

    def done(self):
        if self.on:
            print('\r\033[K', end='', file=sys.stderr, flush=True)
