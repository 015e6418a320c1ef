#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Native programs and libraries: `waxwing native` against `waxwing run`, and against C and C++.

    run.py [--waxwing PROGRAM]

Executables are made of the modules below and run, with the words, exit codes and traces that `run`
has for the same; sizes are held to their budgets; examples/native is built and run, with the address
sanitizer as well. The programs of tests/guest run as executables by tests/guest/run.py.
"""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402
import native_checks

EXAMPLES = os.path.join(common.ROOT, 'examples')

NUMBERS = '''(module
  (func (export "i32") (param i32) (result i32) local.get 0)
  (func (export "i64") (param i64) (result i64) local.get 0)
  (func (export "f32") (param f32) (result f32) local.get 0)
  (func (export "f64") (param f64) (result f64) local.get 0)
  (func (export "both") (param i32 f64) (result f64 i32) local.get 1 local.get 0))'''
VALUES = {
    'i32': ['0', '-1', '0xffffffff', '2147483648', '1_000', '4294967296', 'x'],
    'i64': ['-9223372036854775808', '18446744073709551615', '18446744073709551616'],
    'f32': ['0.1', '1e38', '1e39', '16777217', '1e-45', '7e-46', '0x1p-149', 'nan', '-inf', '3.4028235e38'],
    'f64': ['0.1', '100', '1e15', '1e16', '123456.789', '5e-324', '2e-324', '1.7976931348623157e308',
            '2.2250738585072014e-308', '9007199254740993', '0x1.8p3', '-0', '1e400', '0.0001', '3e-5',
            '179769313486231580793728971405303415079934132710037826936173778980444968292764750946649'],
}
TRAPS = '''(module
  (type $f (func))
  (memory 1 2)
  (table 2 funcref)
  (tag $oops (param i32 f64))
  (func $deep (export "deep") (param i32)
    (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))) (else unreachable)))
  (func $load (export "load") (param i32) (result i32) (i32.load offset=2 (local.get 0)))
  (func (export "zero") (result i32) (i32.div_s (i32.const 1) (i32.const 0)))
  (func $endless (export "endless") (call $endless))
  (func (export "indirect") (param i32) (call_indirect (type $f) (local.get 0)))
  (func (export "throw") (throw $oops (i32.const 7) (f64.const 0.5)))
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then ;; What no compiler makes a loop of.
        (i32.xor (i32.mul (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 3)) (local.get 0)))
      (else (i32.const 0))))
  (func (export "loop") (loop br 0)))'''


class Checks(native_checks.Checks):
    def same(self, what, run, executable):
        """Both ended alike; places in sources are only in what `run` says."""
        words = re.sub(r'  \S+\.wat:\d+:\d+', '', common.text(run.err))
        words = re.sub(r' +$', '', words, flags=re.M)
        found = (executable.code, executable.out, re.sub(r' +$', '', common.text(executable.err), flags=re.M))
        self.expect(what, found == (run.code, run.out, words), f'{found}, expected {(run.code, run.out, words)}')


def check_numbers(checks):
    module = checks.file('numbers.wat', NUMBERS)
    checks.make('--runtime-options', module, '-o', 'numbers')
    for name, values in VALUES.items():
        for value in values:
            run = checks.command(*checks.waxwing, 'run', '--invoke', name, module, value)
            checks.same(f'{name} {value}', run, checks.command('./numbers', '--invoke', name, '--', value))
    checks.same('two results', checks.command(*checks.waxwing, 'run', '--invoke', 'both', module, '1', '2.5'),
                checks.command('./numbers', '--invoke', 'both', '1', '2.5'))
    done = checks.command('./numbers', '--invoke', 'i3', '1')
    checks.expect('an export that is not there', done.code == 1 and b'it exports i32, i64' in done.err, done.err)
    done = checks.command('./numbers', '--invok', 'i32', '1')
    checks.expect('an option that is not there', done.code == 2 and b"'--invok'" in done.err, done.err)
    checks.expect('help', b'--max-memory' in checks.command('./numbers', '--help').out)


def check_traps(checks):
    module = checks.file('traps.wat', TRAPS)
    checks.make('--runtime-options', module, '-o', 'traps')
    for call in (['deep', '3'], ['deep', '100'], ['load', '131072'], ['load', '65535'], ['load', '-1'], ['zero'],
                 ['indirect', '0'], ['indirect', '5'], ['throw']):
        run = checks.command(*checks.waxwing, 'run', '--engine=aot', '--invoke', call[0], module, *call[1:])
        checks.same(' '.join(call), run, checks.command('./traps', '--invoke', call[0], '--', *call[1:]))
    done = checks.command('./traps', '--invoke', 'endless')
    checks.expect('endless recursion', done.code == 134 and b'call stack exhausted' in done.err, done.err)
    done = checks.command('./traps', '--timeout', '50ms', '--invoke', 'loop')
    checks.expect('a time limit', done.code == 134 and b'time limit exceeded' in done.err, done.err)
    for call in ([*checks.waxwing, 'run', '--engine=aot', '--stack-size=100M', '--invoke', 'down', module],
                 [*checks.waxwing, 'run', '--stack-size=100M', '--invoke', 'down', module],
                 ['./traps', '--stack-size=100M', '--invoke', 'down', '--']):
        done = checks.command(*call, '1000000')
        checks.expect(f'more than the usual stack: {call}', done.code == 0, (done.code, done.out, done.err))
    done = checks.command('./traps', '--invoke', 'down', '--', '1000000')
    checks.expect('no more than the usual stack', b'call stack exhausted' in done.err, (done.code, done.err))
    checks.make('--timeout=50ms', '--runtime-options', module, '-o', 'timed')
    done = checks.command('./timed', '--invoke', 'loop')
    checks.expect('a time limit that is fixed', done.code == 134 and b'gave it 50 ms' in done.err, done.err)


def check_words(checks):
    """What is fixed when an executable is made, and what is left to its user."""
    source = os.path.join(common.TESTS, 'guest', 'args_env.c')
    wasm = os.path.join(checks.folder, 'words.wasm')
    if subprocess.run([os.path.join(common.ROOT, 'scripts', 'wasi-cc'), '-O1', source, '-o', wasm],
                      check=False, capture_output=True).returncode != 0:
        print('native: no compiler for guests, so programs in C are left out')
        return
    checks.make('--env=COLOUR=blue', '--env', 'HOME', wasm, '-o', 'words')
    env = {'HOME': '/home', 'SECRET': 'no'}
    found = checks.command('./words', '--dir', 'x', env=env)
    run = checks.command(*checks.waxwing, 'run', '--argv0', './words', '--env=COLOUR=blue', '--env', 'HOME', wasm,
                         '--dir', 'x', env=env)
    checks.same('words and variables', run, found)


def check_sizes(checks):
    """What a program in C with one printf takes; debug information of it is no part of that."""
    hello = checks.file('hello.c', '#include <stdio.h>\nint main(void) { printf("hello %d\\n", 42); }')
    wasm = os.path.join(checks.folder, 'hello.wasm')
    if subprocess.run([os.path.join(common.ROOT, 'scripts', 'wasi-cc'), '-O2', '-g', hello, '-o', wasm],
                      check=False, capture_output=True).returncode != 0:
        return
    for link, most in (('static', 900), ('dynamic', 200)):
        checks.make('--strip', f'--link={link}', wasm, '-o', 'hello')
        size = os.path.getsize(os.path.join(checks.folder, 'hello'))
        checks.expect(f'{link} hello has at most {most} KB', size <= most * 1024, f'{size} bytes')
        done = checks.command('./hello')
        checks.expect(f'{link} hello', (done.code, done.out) == (0, b'hello 42\n'), (done.code, done.out, done.err))


def check_errors(checks):
    def refuses(what, words, wanted, code=1, **more):
        done = checks.command(*checks.waxwing, 'native', *words, **more)
        text = common.text(done.err)
        checks.expect(what, done.code == code and wanted in text, f'{done.code}: {text}')

    wants = checks.file('wants.wat', '(module (import "env" "f" (func)) (func (export "_start")))')
    refuses('an import of an executable', [wants, '-o', 'x'], 'import env.f: an executable has WASI')
    table = checks.file('table.wat', '(module (import "env" "t" (table 1 funcref)))')
    refuses('an import that is no function', ['--emit=object', table], 'import env.t: C functions can be supplied')
    wasi = checks.file('wasi.wat', '(module (import "wasi_snapshot_preview1" "fd_wrote" (func)) (func (export "_start")))')
    refuses('a function that WASI has not', [wasi, '-o', 'x'], 'WASI has no function of that name')
    nothing = checks.file('nothing.wat', '(module (func (export "f")))')
    refuses('no _start', [nothing, '-o', 'x'], "no '_start' to run; with --runtime-options")
    refuses('a prefix', ['--emit=object', '--prefix=a-b', nothing], "'a-b' is no identifier of C", 2)
    refuses('instances in an executable', ['--instance=env', wants], 'an executable is one instance', 2)
    refuses('a shared runtime of an executable', ['--share-runtime', nothing], 'is for --emit=shared', 2)
    refuses('a target', ['--target=sparc', nothing], 'there are x86_64-linux-gnu', 2)
    refuses('a file that is not there', ['nowhere.wasm'], 'nowhere.wasm')
    refuses('an output that cannot be', ['--runtime-options', nothing, '-o', 'no/such/folder'], 'cannot be written')
    refuses('a runtime that is none', ['--runtime=nothing.wat', '--runtime-options', nothing, '-o', 'x'], 'linking failed')
    checks.expect('nothing is left behind', not os.path.exists(os.path.join(checks.folder, 'x')))


def check_names(checks):
    """C names of exports that are none, that are there twice, and that are the library's own."""
    module = checks.file('names.wat', '''(module (memory (export "memory") 1)
      (func (export "free")) (func (export "a.b")) (func (export "a-b")) (func (export "instance_new"))
      (func (export "*/ evil")) (func (export "ref") (param externref)))''')
    checks.make('--emit=static', '--prefix=n', module, '-o', 'libn.a')
    header = open(os.path.join(checks.folder, 'n.h'), encoding='utf-8').read()
    for name in ('n_free', 'n_a_b', 'n_a_b_2', 'n_instance_new_2', 'n____evil'):
        checks.expect(f'the header declares {name}', f'int32_t {name}(n_instance *instance);' in header, header)
    symbols = common.text(checks.command('llvm-nm-22', '--extern-only', '--defined-only', 'libn.a').out)
    checks.expect("the library's symbols are not those of the library for embedders",
                  'N14waxwing_native' in symbols and 'N7waxwing' not in symbols, symbols[:2000])
    checks.expect('what is left out is said', 'ref: left out' in header)


def check_types(checks):
    """What the header of a library declares is what the runtime takes: every number, every field."""
    module = checks.file('types.wat', '(module)')
    checks.make('--emit=static', '--prefix=t', module, '-o', 'libt.a')
    header = open(checks.path('t.h'), encoding='utf-8').read()
    # Its functions are the runtime's by another declaration.
    types = header[:header.index('#ifdef __cplusplus\nextern "C"')]
    types = re.sub(r'^#ifndef .*\n', '', types, flags=re.M)
    lines = ['#include <cstddef>', '#include "native/library.hpp"', types]
    numbers = re.findall(r'^ *WAXWING_(\w+) = ', header, flags=re.M)
    lines += [f'static_assert(int(WAXWING_{name}) == int(WAX_NATIVE_{name}));' for name in numbers]
    structs = re.findall(r'^struct (waxwing_(\w+)) \{\n(.*?)^\};', header, flags=re.M | re.S)
    fields = 0
    for name, short, body in structs:
        own = 'WaxNative' + short.capitalize()
        lines.append(f'static_assert(sizeof({name}) == sizeof({own}));')
        body = re.sub(r'/\*.*?\*/', '', body, flags=re.S)
        body = re.sub(r'union \{.*?\}', 'int', body, flags=re.S)
        for field in re.findall(r'(\w+)(?:\[\d+\])?;', body):
            fields += 1
            lines.append(f'static_assert(offsetof({name}, {field}) == offsetof({own}, {field}));')
    checks.expect('the header has numbers, structs and fields', (len(numbers) > 20, len(structs), fields > 10)
                  == (True, 3, True), (numbers, [struct[0] for struct in structs], fields))
    checks.file('types.cc', '\n'.join(lines) + '\n')
    built = checks.command('clang++-22', '-std=c++23', '-fsyntax-only', '-I.', '-I', os.path.join(common.ROOT, 'src'),
                           'types.cc')
    checks.expect("the header's types are the runtime's", built.code == 0, common.text(built.err))


def check_linked(checks):
    """Instances that import from each other: in shared libraries over one runtime, and in static ones."""
    here = os.path.join(common.TESTS, 'native')
    build = os.path.dirname(checks.waxwing[-1])
    for form, options, libraries in (
            ('shared', ['--share-runtime'], ['libprovider.so', 'libuser.so',
                                                os.path.join(build, 'libwaxwing_native.so')]),
            ('static', [], ['libprovider.a', 'libuser.a', '-fsanitize=address'])):
        for module in ('provider', 'user'):
            checks.make(f'--emit={form}', *options, '--instance=provider', f'--prefix={module}',
                        os.path.join(here, module + '.wat'))
        built = checks.command('clang-22', '-O1', '-g', '-I.', os.path.join(here, 'linked.c'), *libraries, '-lpthread',
                               '-o', 'linked', f'-Wl,-rpath,{checks.folder}:{build}')
        checks.expect(f'linked.c is built with {form} libraries', built.code == 0, common.text(built.err))
        if built.code == 0:
            done = checks.command('./linked')
            checks.expect(f'instances in {form} libraries', (done.code, done.out) == (0, b'0 failures\n'),
                          (done.code, done.out, done.err))
    size = os.path.getsize(os.path.join(checks.folder, 'libuser.so'))
    checks.expect('a library without the runtime is small', size < 64 * 1024, f'{size} bytes')


def check_examples(checks):
    folder = os.path.join(checks.folder, 'examples')
    for sanitizer in ([], ['-DCMAKE_C_FLAGS=-fsanitize=address', '-DCMAKE_CXX_FLAGS=-fsanitize=address']):
        shutil.rmtree(folder, ignore_errors=True)
        configured = checks.command('cmake', '-S', os.path.join(EXAMPLES, 'native'), '-B', folder, '-DWAXWING=' +
                                    checks.waxwing[-1], '-DCMAKE_BUILD_TYPE=Release',
                                    '-DCMAKE_C_COMPILER=clang-22', '-DCMAKE_CXX_COMPILER=clang++-22', *sanitizer)
        built = checks.command('cmake', '--build', folder)
        checks.expect('the examples are built', configured.code == 0 and built.code == 0,
                      common.text(configured.err + built.out + built.err))
        for language, source in (('c', 'main'), ('cpp', 'threads')):
            expected = open(os.path.join(EXAMPLES, 'native', source + '.expected'), 'rb').read()
            for form in ('object', 'static', 'shared'):
                done = checks.command(os.path.join(folder, f'{language}_{form}'))
                checks.expect(f'{language}_{form} {" ".join(sanitizer[:1])}', (done.code, done.out) == (0, expected),
                              (done.code, done.out, done.err))


def main():
    return native_checks.run(Checks, 'native tests', (check_numbers, check_traps, check_words, check_sizes, check_errors,
                                               check_names, check_types, check_linked, check_examples))


if __name__ == '__main__':
    sys.exit(main())
