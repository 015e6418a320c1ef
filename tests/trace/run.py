#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Stack traces of compiled code (docs/stack-traces.md).

    run.py --waxwing PROGRAM --guest TRACE_GUEST [--compiler PROGRAM] [--fields] [NAME...]

Each tests/trace/guests/*.wat traps in a known place; its first lines say how it is called, what trap
it is, and which functions are on the stack, innermost first (`down...`: any number of them, `a|b...`: of
several in turn). The interpreter and compiled code in every form must say the same: each function, and
each offset that isn't marked. Then what only some forms have: values, partial traces, images without
tables, images made by an earlier version, raw frames, offsets against ids. Exits 77 where PROGRAM does not
compile and no other compiler is named: a build with sanitizers has none, and runs the images of another.
"""
import argparse
import glob
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
import common  # noqa: E402

# What every frame is compared in: name, options of `compile`.
FORMS = [
    ('O0', ['-O0']),
    ('O1', ['-O1']),
    ('O3', ['-O3']),
    ('Os', ['-Os']),
    ('frames', ['-O3', '--trace=frames']),
    ('frames O0', ['-O0', '--call-stack-features=func-idx,ip,trap-ip']),
    ('all fields', ['-O2', '--dump-call-stack-features=all']),
]
FIELDS = ['func-idx', 'ip', 'trap-ip', 'sp', 'locals', 'params', 'bounds-checks']
FRAME = re.compile(r'(\d+) 0x([0-9a-f]+) (\w+) (.*)$')
SHOWN = re.compile(r' *(\d+): +([~+]?0x[0-9a-f]+|\?)? +(.*?)(?:  .*)?$')


class Frames:
    """A trace as data: names, offsets, and what is known of each."""

    def __init__(self):
        self.trap, self.names, self.offsets, self.kinds, self.count = '', [], [], [], 0
        self.values = {}

    def add(self, offset, kind, name):
        self.names.append(name)
        self.offsets.append(offset)
        self.kinds.append(kind)


def of_guest(output):
    """Reads what trace_guest prints. Traces of inner calls follow each other."""
    frames = Frames()
    for line in output.splitlines():
        if line.startswith('trap: '):
            frames.trap = line[6:]
        elif line.startswith('frames: '):
            frames.count = int(line[8:])
        elif line.startswith('  '):
            frames.values.setdefault(len(frames.names) - 1, []).append(line.strip())
        elif found := FRAME.match(line):
            frames.add(int(found.group(2), 16), found.group(3), found.group(4))
    return frames


def of_program(output):
    """Reads what `waxwing run` prints."""
    frames = Frames()
    for line in output.splitlines():
        if line.startswith('waxwing: trap: '):
            frames.trap = line[15:]
        elif found := SHOWN.match(line):
            offset = found.group(2) or ''
            kind = 'near' if offset.startswith('~') else 'exact' if offset.startswith('0x') else 'unknown'
            number = int(offset.lstrip('~+'), 16) if 'x' in offset else 0
            frames.add(number, kind, found.group(3).strip())
    frames.count = len(frames.names)
    return frames


class Guest:
    def __init__(self, path):
        self.path, self.name = path, os.path.basename(path)[:-4]
        with open(path, encoding='utf-8') as file:
            self.text = file.read()
        self.words = dict(re.findall(r'^;; (CALL|TRAP|TRACE): (.*)$', self.text, re.M))
        self.call = self.words['CALL'].split()
        # The program starts threads; everything else is called by the test's own.
        self.is_program = 'thread-spawn' in self.text

    def expects(self, names):
        """Whether the names are those of the TRACE line."""
        at = 0
        words = self.words['TRACE'].split()
        for number, word in enumerate(words):
            if not word.endswith('...'):
                if at >= len(names) or names[at] != word:
                    return False
                at += 1
                continue
            among = word[:-3].split('|')
            # What comes behind may be as deep as the stack is.
            end = len(names) - (len(words) - number - 1)
            if at >= end or any(name not in among for name in names[at:end]):
                return False
            at = end
        return at == len(names)

    @property
    def is_endless(self):
        return '...' in self.words['TRACE']


class Checker:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.program = common.program(options)
        self.compiler = [os.path.abspath(options.compiler)] if options.compiler else self.program
        self.failed = self.count = self.near = self.frames = 0

    def expect(self, good, what, shown=''):
        self.count += 1
        if not good:
            self.failed += 1
            print(f'FAILED {what}\n{shown}')
        return good

    def run(self, *words):
        return common.run(list(words), self.options.timeout, cwd=self.folder)

    def compile(self, source, image, *words):
        done = self.run(*self.compiler, 'compile', *words, source, '-o', image)
        self.expect(done.code == 0, f'compile {" ".join(words)} {source}', common.text(done.err))
        return done.code == 0

    def call(self, guest, file):
        """The trace of a guest, of which `file` is the module or an image."""
        if guest.is_program:
            done = self.run(*self.program, 'run', file)
            self.expect(done.code == 134, f'{guest.name} {file}: exit code', common.text(done.err))
            return of_program(common.text(done.err))
        done = self.run(*self.guest(), file, *guest.call)
        self.expect(done.code == 0, f'{guest.name} {file}: exit code {done.code}',
                    common.text(done.out + done.err))
        return of_guest(common.text(done.out))

    def guest(self):
        return [*self.program[:-1], self.options.guest]

    def compare(self, guest, form, found, wanted):
        what = f'{guest.name} {form}'
        shown = '\n'.join(f'  {o:#06x} {k:7} {n}' for o, k, n in
                          itertools.islice(zip(found.offsets, found.kinds, found.names), 20))
        self.expect(found.trap.split(' (')[0] == guest.words['TRAP'], f'{what}: trap {found.trap}')
        if not self.expect(guest.expects(found.names), f'{what}: functions', shown):
            return
        where = {(n, o) for n, o in zip(wanted.names, wanted.offsets)}
        for number, (name, offset, kind) in enumerate(zip(found.names, found.offsets, found.kinds)):
            self.frames += 1
            if kind == 'host':
                continue
            if kind == 'exact':
                good = (name, offset) in where if guest.is_endless else \
                    offset == wanted.offsets[number]
                self.expect(good, f'{what}: offset of frame {number} is wrong and not marked', shown)
            else:
                self.near += 1
                # Where the stack ends, an instruction of no operator may find out.
                self.expect(kind == 'near' and (form == 'Os' or guest.is_endless),
                            f'{what}: frame {number} is not exact', shown)

    def check_guest(self, guest):
        wanted = self.call(guest, guest.path)
        self.compare(guest, 'interpreter', wanted, wanted)
        for form, words in FORMS:
            image = os.path.join(self.folder, f'{guest.name}.wax')
            if self.compile(guest.path, image, *words):
                self.compare(guest, form, self.call(guest, image), wanted)

    def check_fields(self, guests):
        """Recursion without an end, and a trace, under every combination of the fields."""
        endless = next(g for g in guests if g.name == 'recursion_endless')
        chain = next(g for g in guests if g.name == 'inlined_chain')
        wanted = self.call(chain, chain.path)
        for size in range(len(FIELDS) + 1):
            for fields in itertools.combinations(FIELDS, size):
                if self.options.quick and size not in (0, 1, len(FIELDS)):
                    continue
                words = '--dump-call-stack-features=' + ','.join(fields)
                image = os.path.join(self.folder, 'fields.wax')
                if self.compile(endless.path, image, words, '-O1'):
                    found = self.call(endless, image)
                    self.expect(found.trap == endless.words['TRAP'], f'{words}: {found.trap}')
                    self.expect(endless.expects(found.names), f'{words}: {found.names[:8]}')
                if not self.compile(chain.path, image, words):
                    continue
                found = self.call(chain, image)
                shown = f'{list(zip(found.offsets, found.kinds, found.names))}'
                # The function of machine code is always known, what was inlined with any of these.
                whole = set(fields) & {'func-idx', 'ip', 'trap-ip', 'sp', 'locals', 'params'}
                self.expect(found.names == (wanted.names if whole else ['run']),
                            f'{words}: functions', shown)
                for number, kind in enumerate(found.kinds):
                    asked = 'trap-ip' in fields if number == 0 else {'ip', 'sp'} & set(fields)
                    if not whole:
                        continue
                    self.expect(kind == ('exact' if asked else 'unknown'), f'{words}: frame {number}',
                                shown)
                    if kind == 'exact':
                        self.expect(found.offsets[number] == wanted.offsets[number],
                                    f'{words}: offset of frame {number}', shown)
                inspected = common.text(self.run(*self.program, 'inspect', image).out)
                self.expect(f'frames: {", ".join(fields) or "none"}\n' in inspected,
                            f'{words}: inspect', inspected)

    def check_values(self):
        source = os.path.join(HERE, 'values.wat')
        image = os.path.join(self.folder, 'values.wax')
        for level in ('-O0', '-O3'):
            if not self.compile(source, image, level, '--call-stack-features=values,func-idx,ip,trap-ip'):
                return
            done = self.run(*self.guest(), image, 'run', '7')
            found = of_guest(common.text(done.out))
            with open(source, encoding='utf-8') as file:
                wanted = re.findall(r'^;; (\d+): (.*)$', file.read(), re.M)
            for number in range(len(found.names)):
                lines = sorted(line for at, line in wanted if int(at) == number)
                self.expect(sorted(found.values.get(number, [])) == lines,
                            f'values {level} of frame {number} {found.names[number]}',
                            f'{found.values.get(number)}\nwanted {lines}')
        # `run` shows them when it is asked to.
        plain = os.path.join(HERE, 'guests', 'inlined_leaf.wat')
        if self.compile(plain, image, '--call-stack-features=all'):
            for words, lines in (([], 0), (['--trace-values'], 2)):
                shown = common.text(self.run(*self.program, 'run', *words, '--invoke', 'run', image,
                                             '65536').err)
                self.expect(len(re.findall(r'^ +local 0 = i32 65536$', shown, re.M)) == lines,
                            f'run {words}', shown)

    def check_dump(self):
        """A core dump has the values of locals that frames tell, and no others."""
        source = os.path.join(self.folder, 'dump.wat')
        image, dump = (os.path.join(self.folder, name) for name in ('dump.wax', 'dump.core'))
        with open(source, 'w', encoding='utf-8') as file:
            file.write('(module (func $in (param i32 i64) (local f32 v128 f64) (local.set 2 (f32.const 0.5))'
                       '(local.set 4 (f64.const -2)) unreachable)'
                       '(func (export "out") (param i32) (call $in (local.get 0) (i64.const -5))))')
        known = [[('i32', '7'), ('i64', '-5'), ('f32', '0.5'), ('f64', '-2')], [('i32', '7')]]
        for fields, wanted in (('func-idx,ip', [[], []]), ('func-idx,ip,locals', known)):
            if not self.compile(source, image, f'--call-stack-features={fields}'):
                return
            self.run(*self.program, 'run', '--coredump', dump, '--invoke', 'out', image, '7')
            shown = common.text(self.run(*self.program, 'inspect', '--json', dump).out)
            report = json.loads(shown or '{}')
            report = report[0] if isinstance(report, list) else report
            found = [[(local['type'], local['value']) for local in frame['locals']]
                     for frame in report.get('core_dump', {}).get('stack', [])]
            self.expect(found == wanted, f'a core dump with {fields}', shown)
        shown = common.text(self.run(*self.program, 'inspect', dump).out)
        self.expect('local 4 = f64 -2' in shown, 'inspect shows locals of a core dump', shown)

    def check_without(self):
        """--trace=none, and --trace-max."""
        source = os.path.join(HERE, 'guests', 'recursion_unreachable.wat')
        image = os.path.join(self.folder, 'none.wax')
        if self.compile(source, image, '--trace=none'):
            shown = common.text(self.run(*self.program, 'run', '--invoke', 'run', image, '5').err)
            self.expect('trap: unreachable\n' in shown and '(compiled without traces)' in shown and
                        shown.count(': ') == 3, '--trace=none', shown)
        for most in ('2', '4', '9'):
            shown = common.text(self.run(*self.program, 'run', '--trace-max', most, '--invoke', 'run',
                                         source, '20').err)
            self.expect(len(re.findall(r'^ +\d+: ', shown, re.M)) == int(most) and
                        f'{21 - int(most)} frames left out' in shown, f'--trace-max {most}', shown)

    def check_split(self):
        """Tables and names in a file of their own, found again by build id."""
        source = os.path.join(HERE, 'guests', 'inlined_chain.wat')
        image, trace = (os.path.join(self.folder, name) for name in ('split.wax', 'split.trace'))
        whole = os.path.join(self.folder, 'whole.wax')
        module = os.path.join(self.folder, 'chain.wat')
        if not (self.compile(source, whole) and
                self.compile(source, image, '--split-trace', trace)):
            return
        call = ['run', '--invoke', 'run']
        wanted = common.text(self.run(*self.program, *call, whole, '70000').err)
        found = common.text(self.run(*self.program, *call, image, '70000').err)
        self.expect(found == wanted, 'a split image with its file', found + wanted)
        with open(image, 'rb') as file:
            self.expect(b'\x04name' not in file.read(), 'a split image has no names')
        # Another image's, a damaged one, and none.
        os.rename(trace, trace + '.kept')
        other = os.path.join(HERE, 'guests', 'inlined_leaf.wat')
        self.compile(other, os.path.join(self.folder, 'other.wax'), '--split-trace', trace)
        for state in ('of another image', 'cut off', 'missing'):
            raw = common.text(self.run(*self.program, *call, image, '70000').err)
            self.expect(re.search(r'^ +0: \+0x[0-9a-f]+ +run$', raw, re.M) is not None and
                        'trap: out of bounds memory access' in raw, f'a split image whose file is {state}',
                        raw)
            if state == 'of another image':
                with open(trace, 'wb') as file, open(trace + '.kept', 'rb') as kept:
                    file.write(kept.read()[:100])
            elif state == 'cut off':
                os.remove(trace)
        done = subprocess.run([*self.program, 'symbolize', '--split-trace', trace + '.kept', source],
                              input=raw.encode(), capture_output=True, timeout=self.options.timeout)
        lines = re.findall(r'^ *(\d+): (0x[0-9a-f]+) (\w+)', common.text(done.stdout), re.M)
        self.expect(lines == re.findall(r'^ *(\d+): (0x[0-9a-f]+) (\w+)', wanted, re.M),
                    'symbolize with the file', common.text(done.stdout + done.stderr) + wanted)

    def check_earlier(self):
        """An image that an earlier version has made."""
        image = os.path.join(HERE, 'earlier.wax')
        if self.run(*self.program, 'inspect', image).code != 0 or os.uname().machine != 'x86_64':
            return
        for call, wanted in ((['read', '70000'], [(0x78, 'peek'), (0x87, 'middle'), (0x91, 'read')]),
                             (['divide', '1', '0'], [(0x9d, 'divide')]),
                             (['recurse', '2'], [(0xa6, 'recurse'), (0xad, 'recurse'), (0xad, 'recurse')])):
            found = of_guest(common.text(self.run(*self.guest(), image, *call).out))
            self.expect(list(zip(found.offsets, found.names)) == wanted and
                        set(found.kinds) == {'exact'}, f'an earlier image: {call}',
                        f'{found.offsets} {found.names}')
        done = self.run(*self.guest(), image, 'catch', '7')
        self.expect(common.text(done.out) == 'ended\n', 'an earlier image catches', common.text(done.err))

    def check_inside(self):
        """Traces in the middle of a call, and raw frames."""
        source = os.path.join(HERE, 'inside.wat')
        image = os.path.join(self.folder, 'inside.wax')
        wanted = 'inside: inner middle run\n'
        found = common.text(self.run(*self.guest(), source, 'run').out)
        self.expect(found.startswith(wanted), 'Caller::trace, interpreted', found)
        for words in (['-O0'], ['-O3'], ['-O3', '--trace=frames']):
            if self.compile(source, image, *words):
                found = common.text(self.run(*self.guest(), image, 'run').out)
                self.expect(found.startswith(wanted), f'Caller::trace {words}', found)
                raw = re.search(r'^raw: 1@([0-9a-f]+) 2@([0-9a-f]+) 3@([0-9a-f]+)$', found, re.M)
                self.expect(raw is not None, f'Store::raw_trace {words}', found)
                found = common.text(self.run(*self.guest(), image, 'spin').out)
                self.expect(found.startswith('seen: turn spin\n') and 'trap: time limit' in found,
                            f'Store::raw_trace in a handler {words}', found)

    def check_shared_traps(self):
        """Traps of a kind that share one call: no offset, never another's."""
        source = os.path.join(self.folder, 'shared.wat')
        image = os.path.join(self.folder, 'shared.wax')
        with open(source, 'w', encoding='utf-8') as file:
            file.write('(module (func $two (export "two") (param i32 i32 i32) (result i32) (i32.add '
                       '(i32.div_u (local.get 0) (local.get 1)) (i32.rem_u (local.get 0) (local.get 2)))))')
        for fields in ('func-idx', 'func-idx,ip', 'func-idx,ip,trap-ip'):
            for level in ('-O0', '-O2', '-Os'):
                self.compile(source, image, level, '--signals=off', f'--call-stack-features={fields}')
                call = ['run', '--signals=off', '--invoke', 'two']
                for words in (['6', '0', '1'], ['6', '1', '0']):
                    wanted = of_program(common.text(self.run(*self.program, *call, source, *words).err))
                    shown = common.text(self.run(*self.program, *call, image, *words).err)
                    found = of_program(shown)
                    exact = 'trap-ip' in fields
                    self.expect(found.names == ['two'] and (found.kinds == ['exact']) == exact and
                                (not exact or found.offsets == wanted.offsets),
                                f'shared traps {level} {fields} {words}', shown)

    def check_sites(self, guests):
        """Offsets of calls, traps and accesses against ids that instructions carry."""
        if os.uname().machine != 'x86_64':
            return
        exact = confirmed = 0
        for guest in guests:
            for level in ('-O2', '-Os', '-O3'):
                image = os.path.join(self.folder, 'sites.wax')
                done = self.run(*self.compiler, 'compile', level, '--check-sites', guest.path, '-o', image)
                said = common.text(done.err)
                rows = re.findall(r'^(calls|traps|accesses) \d+ exact (\d+) confirmed (\d+) wrong (\d+) ',
                                  said, re.M)
                self.expect(done.code == 0 and len(rows) == 3 and all(row[3] == '0' for row in rows),
                            f'sites of {guest.name} {level}', said)
                # Those of traps reach no machine code.
                exact += sum(int(row[1]) for row in rows if row[0] != 'traps')
                confirmed += sum(int(row[2]) for row in rows)
        self.expect(confirmed > 0.8 * exact, f'{confirmed} of {exact} sites have their ids')

    def check_options(self):
        source = os.path.join(HERE, 'inside.wat')
        image = os.path.join(self.folder, 'options.wax')
        for words, said in ((['--call-stack-features=func-idx,locls'],
                             "'locls' is none of func-idx, ip, trap-ip, sp, locals, params, values, "
                             "bounds-checks, all, none; did you mean 'locals'?"),
                            (['--trace=nothing'], "'nothing' is none of auto, table, frames, none")):
            done = self.run(*self.compiler, 'compile', *words, source, '-o', image)
            self.expect(done.code == 2 and said in common.text(done.err), f'{words}',
                        common.text(done.err))
        for words, fields in ((['--enable-dump-call-stack'], 'func-idx, ip, trap-ip, bounds-checks'),
                              (['--dump-call-stack-features='], 'none'),
                              (['--call-stack-features=none'], 'none'),
                              (['--call-stack-features=bounds-checks,ip,func-idx,trap-ip,values'],
                               ', '.join(FIELDS))):
            if self.compile(source, image, *words):
                shown = common.text(self.run(*self.program, 'inspect', image).out)
                self.expect(f'frames: {fields}\n' in shown, f'{words}', shown)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    common.add_options(parser)
    parser.add_argument('--guest', required=True, help='the program tests/trace/guest.cc')
    parser.add_argument('--compiler', help='the program that compiles, instead of --waxwing')
    parser.add_argument('--fields', action='store_true', help='only the combinations of the fields')
    parser.add_argument('--quick', action='store_true', help='few combinations of fields')
    parser.add_argument('names', nargs='*', help='guests to look at, instead of everything')
    options = parser.parse_args()
    options.guest = os.path.abspath(options.guest)
    compiler = [os.path.abspath(options.compiler)] if options.compiler else common.program(options)
    if common.run([*compiler, 'compile', '--cpu=help'], options.timeout).code != 0:
        print('trace: no compiler')
        return 77
    guests = [Guest(path) for path in sorted(glob.glob(os.path.join(HERE, 'guests', '*.wat')))]
    with tempfile.TemporaryDirectory() as folder:
        check = Checker(options, folder)
        for guest in guests:
            if guest.name in options.names or not (options.names or options.fields):
                check.check_guest(guest)
        if options.fields or not options.names:
            check.check_fields(guests)
        if not (options.names or options.fields):
            check.check_values()
            check.check_dump()
            check.check_without()
            check.check_split()
            check.check_earlier()
            check.check_inside()
            check.check_shared_traps()
            check.check_sites(guests)
            check.check_options()
    print(f'trace: {check.count - check.failed} of {check.count} checks passed; '
          f'{len(options.names or guests)} guests, {check.frames} frames, {check.near} marked as near')
    return 1 if check.failed else 0


if __name__ == '__main__':
    sys.exit(main())
