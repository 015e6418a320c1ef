#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Native programs without a sandbox: `waxwing native --no-sandbox` against C.

    no_sandbox.py [--waxwing PROGRAM]

Guests of tests/native/no_sandbox are compiled for wasm64 against share/waxwing/nosandbox, made native
and run; they do what the same source does when C compiles it. The headers are held to the table of the
C library and to the host's own headers: every function, every structure, every number.
"""
import glob
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402
import native_checks

SHARE = os.path.join(common.ROOT, 'share', 'waxwing', 'nosandbox')
INCLUDE = os.path.join(SHARE, 'include')
SOURCES = os.path.join(common.TESTS, 'native', 'no_sandbox')
TABLE = os.path.join(common.ROOT, 'src', 'compile', 'host_functions.def')
# As the documentation has it, for who does without the file of options.
BY_HAND = ['clang-22', '--target=wasm64-unknown-unknown', '-nostdlib', '-Wl,--emit-relocs',
           '-Wl,--allow-undefined', '-Wl,--no-entry', '-isystem', INCLUDE]
HOST = ['clang-22', '-O1', '-w']


class Checks(native_checks.Checks):
    options = ('--no-sandbox',)

    def guest(self, name, *words):
        """A guest by the file of options."""
        self.must('clang-22', '--config=' + os.path.join(SHARE, 'wasm64.cfg'), '-O2', *words, '-o', name)
        return name

    def same(self, what, expected, found):
        self.expect(what, (found.code, found.out, found.err) == (expected.code, expected.out, expected.err),
                    f'{(found.code, found.out, found.err)}, expected {(expected.code, expected.out, expected.err)}')

    def refuses(self, what, words, wanted, code=1):
        done = self.native(*words)
        text = common.text(done.err)
        self.expect(what, done.code == code and wanted in text, f'{done.code}: {text}')


def check_program(checks):
    """Pointers and functions both ways, at each level, static and dynamic."""
    source, host = os.path.join(SOURCES, 'program.c'), os.path.join(SOURCES, 'host.c')
    checks.must(*HOST, '-c', host, '-o', 'host.o')
    checks.must(*HOST, source, 'host.o', '-o', 'plain', '-lm')
    plain = checks.command('./plain', 'a', 'b')
    plain.out = plain.out.replace(b'./plain', b'./guest')
    checks.guest('program.wasm', source)
    checks.must('ar', 'rc', 'libhost.a', 'host.o')
    for words in (['host.o'], ['-O0', 'host.o'], ['-O1', 'libhost.a'], ['-O3', '-L.', '-lhost'], ['-Os', 'host.o'],
                  ['--link=dynamic', 'host.o']):
        checks.make('program.wasm', *words, '-o', 'guest')
        checks.same('a program ' + ' '.join(words), plain, checks.command('./guest', 'a', 'b'))
    for level in ('-O0', '-O3'):
        checks.must(*BY_HAND, level, '-Wl,--export-if-defined=__main_argc_argv', source, '-o', 'hand.wasm')
        checks.make('hand.wasm', 'host.o', '-o', 'guest')
        checks.same('a guest without the file of options ' + level, plain, checks.command('./guest', 'a', 'b'))
    checks.must(*HOST, '-shared', '-fPIC', host, '-o', 'libshared.so', '-lm')
    checks.make('program.wasm', '--link=dynamic', '-L', '.', '-l', 'shared', '-o', 'guest')
    checks.same('a shared library of the host', plain,
                checks.command('./guest', 'a', 'b', env={**os.environ, 'LD_LIBRARY_PATH': '.'}))
    # A library in C++, with what it takes to throw.
    checks.file('words.cc', '''#include <map>
        #include <stdexcept>
        #include <string>
        extern "C" int host_count(const char* word, int (*show)(const char*, int)) {
          std::map<std::string, int> words{{word, 1}, {"more", 2}};
          int sum = 0;
          try { words.at("none") = 1; } catch (const std::out_of_range&) { sum = 100; }
          for (const auto& [name, count] : words) sum += show(name.c_str(), count);
          return sum; }''')
    checks.file('words.c', '''#include <stdio.h>
        int host_count(const char*, int (*)(const char*, int));
        static int show(const char* word, int n) { printf("%s=%d ", word, n); return n; }
        int main(void) { printf("%d\\n", host_count("a", show)); return 0; }''')
    checks.must('clang++-22', '-O1', '-c', 'words.cc', '-o', 'words.o')
    checks.guest('words.wasm', 'words.c')
    for link in ('static', 'dynamic'):
        checks.make(f'--link={link}', 'words.wasm', 'words.o', '-l', 'stdc++', '-o', 'words')
        done = checks.command('./words')
        checks.expect(f'a library in C++, {link}', done.out == b'a=1 more=2 103\n', (done.code, done.out, done.err))
    # A program that begins by itself.
    checks.file('start.c', '#include <stdio.h>\nvoid _start(void) { puts("started"); }\n')
    checks.must('clang-22', '--target=wasm64-unknown-unknown', '-nostdlib', '-Wl,--emit-relocs',
                '-Wl,--allow-undefined', '-isystem', INCLUDE, 'start.c', '-o', 'start.wasm')
    checks.make('start.wasm', '-o', 'start')
    done = checks.command('./start')
    checks.expect('_start', (done.code, done.out) == (0, b'started\n'), (done.code, done.out))


def check_stack(checks):
    """Memory for what is allocated at run time has an end, and each thread its own."""
    checks.file('alloca.c', '''#include <stdio.h>
        #include <stdlib.h>
        __attribute__((noinline)) static int fill(char* p, int n) { for (int i = 0; i < n; ++i) p[i] = 1; return p[n - 1]; }
        int main(int argc, char** argv) { const int n = atoi(argv[1]); char a[n]; printf("%d\\n", fill(a, n)); return 0; }''')
    checks.guest('alloca.wasm', 'alloca.c')
    checks.make('--stack-size=64K', 'alloca.wasm', '-o', 'small')
    checks.make('--stack-size=4M', 'alloca.wasm', '-o', 'large')
    checks.expect('little is allocated', checks.command('./small', '60000').out == b'1\n')
    for size in ('66000', '2000000000'):
        done = checks.command('./small', size)
        checks.expect('too much is allocated', done.code == -6 and b'--stack-size' in done.err, (done.code, done.err))
    checks.expect('much is allocated', checks.command('./large', '4000000').out == b'1\n')


def check_library(checks):
    source, caller = os.path.join(SOURCES, 'library.c'), os.path.join(SOURCES, 'caller.c')
    checks.guest('library.wasm', source)
    checks.must(*HOST, '-c', caller, '-o', 'caller.o')
    expected = b'4321 1 2 3 wsrod 20\nlogged 20\n'
    runtime = os.path.join(os.path.dirname(checks.waxwing[-1]), 'libwaxwing_nosandbox.a')
    checks.make('--emit=object', 'library.wasm', '-o', 'guest.o')
    checks.make('--emit=static', 'library.wasm', '-o', 'libguest.a')
    checks.make('--emit=shared', 'library.wasm', 'caller.o', '-o', 'libself.so')
    for form, words in (('object', ['guest.o', runtime]), ('static', ['libguest.a'])):
        checks.must('clang-22', 'caller.o', *words, '-o', form, '-lm')
        done = checks.command('./' + form)
        checks.expect(f'--emit={form}', (done.code, done.out) == (0, expected), (done.code, done.out, done.err))
    # What a shared library wants comes from its caller.
    checks.make('--emit=shared', 'library.wasm', '-o', 'libguest.so')
    checks.must('clang-22', 'caller.o', '-L.', '-l:libguest.so', '-Wl,-rpath,.', '-o', 'shared', '-lm')
    done = checks.command('./shared')
    checks.expect('--emit=shared', (done.code, done.out) == (0, expected), (done.code, done.out, done.err))
    checks.make('--emit=object', '--prefix=p', 'library.wasm', '-o', 'prefixed.o')
    header = open(checks.path('p.h'), encoding='utf-8').read()
    for line in ('int64_t p_guest_sum(int64_t, int64_t);', 'void p_guest_map(int64_t, int64_t, int64_t);',
                 'int32_t p_guest_calls(void);', 'void host_log(int64_t, int32_t);'):
        checks.expect(f'the header has {line}', line in header, header)
    checks.file('uses.c', '#include "library.h"\nint main(void) { return guest_calls(); }\n')
    checks.must(*HOST, '-Wall', '-Werror', '-include', 'stdint.h', '-c', 'uses.c', '-o', 'uses.o')


def rows():
    text = open(TABLE, encoding='utf-8').read()
    text = re.sub(r'#define.*\n', '', text)
    found = []
    for kind, arguments in re.findall(r'^ *((?:WAX_\w+))\(([^)]*)\)', re.sub(r'\) WAX', ')\nWAX', text), re.M):
        words = [word.strip().strip('"') for word in arguments.split(',', 2 if kind != 'WAX_REFUSED' else 1)]
        if kind == 'WAX_MATH1':
            found += [('WAX_HOST', words[0], 'math.h'), ('WAX_HOST', words[0] + 'f', 'math.h')]
        elif kind == 'WAX_MATH2':
            found += [('WAX_HOST', words[0], 'math.h'), ('WAX_HOST', words[0] + 'f', 'math.h')]
        elif kind in ('WAX_HOST', 'WAX_SHIM', 'WAX_REFUSED'):
            found.append((kind, words[0], words[-1]))
    return found


def check_headers(checks):
    """Each function of the table is declared as the table has it, and is there to be linked; and each
    structure and number is the host's."""
    headers = sorted(os.path.basename(path) for path in glob.glob(os.path.join(INCLUDE, '*.h')))
    includes = ''.join(f'#include <{name}>\n' for name in headers)
    macros = {'stdin', 'stdout', 'stderr', 'errno', 'assert'}
    functions = [name for kind, name, header in rows() if kind != 'WAX_REFUSED' and header and name not in macros]
    checks.expect('the table is read', len(functions) > 150, len(functions))
    checks.file('every.c', includes + 'void* const all[] = {' + ', '.join(f'(void*)&{name}' for name in functions) +
                '};\nint main(void) { int n = errno + (stdin != NULL) + (stdout != stderr); assert(n == 2);\n'
                'for (unsigned i = 0; i < sizeof all / sizeof all[0]; ++i) n += all[i] != NULL; return n > 100 ? 0 : n; }\n')
    checks.guest('every.wasm', '-fno-builtin', '-w', 'every.c')
    for link in ('static', 'dynamic'):
        done = checks.native(f'--link={link}', 'every.wasm', '-o', 'every')
        checks.expect(f'every function is there, {link}', done.code == 0 and checks.command('./every').code == 0,
                      common.text(done.err))

    text = ''.join(open(os.path.join(INCLUDE, name), encoding='utf-8').read() for name in headers)
    lines = []
    for name, fields in re.findall(r'^struct (\w+) \{\n(.*?)^\};', text, re.M | re.S):
        lines.append(f'printf("{name} %zu\\n", sizeof(struct {name}));')
        for field in re.findall(r'(\w+)(?:\[\w+\])?;', fields):
            lines.append(f'printf("{name}.{field} %zu %zu\\n", offsetof(struct {name}, {field}), '
                         f'sizeof((struct {name}){{}}.{field}));')
    checks.expect('structures are found', len(lines) > 10, lines)
    for name in re.findall(r'^typedef [\w ]+ (\w+);', text, re.M):
        if name not in ('FILE',):
            lines.append(f'printf("{name} %zu %d\\n", sizeof({name}), ({name})-1 < ({name})0);')
    for name in re.findall(r'^#define (\w+) [^"_]', text, re.M):
        if name.startswith(('stdin', 'stdout', 'stderr', 'errno', '__', 'FOPEN_MAX')):
            continue
        lines.append(f'printf("{name} %.17g\\n", (double)({name}));')
    for type_name in ('char', 'short', 'int', 'long', 'long long', 'void*', 'float', 'double', 'size_t', 'wchar_t',
                      'max_align_t', 'intmax_t', '_Bool'):
        lines.append(f'printf("{type_name} %zu %zu\\n", sizeof({type_name}), _Alignof({type_name}));')
    checks.file('layout.c', '#define _GNU_SOURCE\n#define _DEFAULT_SOURCE\n' + includes +
                '#include <stddef.h>\nint main(void) {\n' + '\n'.join(lines) + '\nreturn 0; }\n')
    checks.must(*HOST, 'layout.c', '-o', 'layout_host')
    checks.guest('layout.wasm', '-w', 'layout.c')
    checks.make('layout.wasm', '-o', 'layout_guest')
    host = common.text(checks.command('./layout_host').out).splitlines()
    guest = common.text(checks.command('./layout_guest').out).splitlines()
    checks.expect('layouts and numbers', host == guest,
                  [pair for pair in zip(host, guest) if pair[0] != pair[1]] or (len(host), len(guest)))


def check_imports(checks):
    for kind, name, reason in rows():
        if kind != 'WAX_REFUSED':
            continue
        checks.file('refused.c', f'void {name}(void); int main(void) {{ {name}(); return 0; }}')
        checks.guest('refused.wasm', '-w', '-fno-builtin', 'refused.c')
        checks.refuses(f'{name} is refused', ['refused.wasm', '-o', 'x'],
                       f"env.{name}: this function of the C library can't be called without a sandbox: {reason[:20]}")
    checks.file('typo.c', 'void* fopne(const char*, const char*); int main(void) { return fopne("a", "r") != 0; }')
    checks.guest('typo.wasm', 'typo.c')
    checks.refuses('a function that is not there', ['typo.wasm', '-o', 'x'], "did you mean 'fopen'?")
    checks.file('other.c', 'int getaddrinfo(void); int main(void) { return getaddrinfo(); }')
    checks.guest('other.wasm', 'other.c')
    for emit in ('exe', 'object', 'static', 'shared'):
        checks.refuses(f'a function of the C library that the table has not, {emit}',
                       [f'--emit={emit}', 'other.wasm', '-o', 'x'], 'import getaddrinfo: the C library has it, but')
    checks.file('twice.c', '''int f(int) __attribute__((import_name("f"))); int g(long) __attribute__((import_name("f")));
        int main(void) { return f(1) + g(2); }''')
    checks.guest('twice.wasm', 'twice.c')
    checks.refuses('one name with two types', ['twice.wasm', '-o', 'x'], 'it is imported as (i64) -> i32 and as (i32) -> i32')
    # Names that are the compiler's own elsewhere, and variables of the host.
    checks.file('names.c', 'extern int f2; extern char f3[]; int f1(int*); int main(void) { return f1(&f2) + f3[1]; }')
    checks.file('f1.c', 'int f2 = 5; char f3[] = {1, 2}; int f1(int* p) { return *p * 10; }')
    checks.must(*HOST, '-c', 'f1.c', '-o', 'f1.o')
    checks.guest('names.wasm', 'names.c')
    checks.make('names.wasm', 'f1.o', '-o', 'names')
    checks.expect('names and variables of the host', checks.command('./names').code == 52)
    checks.file('type.c', 'int strlen(const char*); int main(int c, char** v) { return strlen(v[0]); }')
    checks.guest('type.wasm', '-w', '-fno-builtin', 'type.c')
    checks.refuses('another type', ['type.wasm', '-o', 'x'],
                   'it is declared as (i64) -> i32, and the C library has (i64) -> i64: include <string.h>')


def check_modules(checks):
    """Modules that are not of this kind."""
    checks.file('plain.c', 'int puts(const char*); int main(void) { return puts("x"); }')
    entry = ['-Wl,--no-entry', '-Wl,--export-if-defined=__main_void', '-nostdlib', '-Wl,--allow-undefined']
    checks.must('clang-22', '--target=wasm32-unknown-unknown', *entry, '-Wl,--emit-relocs', 'plain.c', '-o', '32.wasm')
    checks.refuses('addresses of 32 bits', ['32.wasm', '-o', 'x'], '--target=wasm64-unknown-unknown')
    checks.must('clang-22', '--target=wasm64-unknown-unknown', *entry, 'plain.c', '-o', 'bare.wasm')
    checks.refuses('no relocations', ['bare.wasm', '-o', 'x'], "no section 'linking'")
    checks.refuses('no relocations: what to do', ['bare.wasm', '-o', 'x'], 'link the module again with -Wl,--emit-relocs')
    checks.must('clang-22', *BY_HAND[1:], 'plain.c', '-o', 'nothing.wasm')
    checks.refuses('no main', ['nothing.wasm', '-o', 'x'], "it has no 'main' and no '_start'")
    checks.file('grow.c', 'int main(void) { return (int)__builtin_wasm_memory_grow(0, 1); }')
    checks.guest('grow.wasm', 'grow.c')
    checks.refuses('memory.grow', ['grow.wasm', '-o', 'x'], 'memory.grow is not compiled without a sandbox')
    checks.file('heap.c', 'extern char __heap_base; int main(void) { return __heap_base; }')
    checks.guest('heap.wasm', 'heap.c')
    checks.refuses('a place in wasm memory', ['heap.wasm', '-o', 'x'], "'__heap_base' is a place in wasm memory")
    wat = checks.file('gc.wat', '(module (memory i64 1) (type (struct (field i32))) (func (export "_start")))')
    checks.refuses('objects', [wat, '-o', 'x'], 'garbage-collected objects')
    wat = checks.file('tag.wat', '(module (memory i64 1) (tag) (func (export "_start")))')
    checks.refuses('exceptions', [wat, '-o', 'x'], '-fno-exceptions')
    wat = checks.file('shared.wat', '(module (memory i64 1 2 shared) (func (export "_start")))')
    checks.refuses('threads', [wat, '-o', 'x'], '-pthread')
    # A module that was changed behind its relocations: an instruction more in front of all others.
    checks.guest('changed.wasm', 'start.c', '-Wl,--export=_start')
    data = bytearray(open(checks.path('changed.wasm'), 'rb').read())
    at = data.index(b'\x42\x80\x80\x84\x80\x80\x80\x80\x80\x80\x00')
    data[at + 1] = 0x81
    open(checks.path('changed.wasm'), 'wb').write(data)
    checks.refuses('relocations that do not fit', ['changed.wasm', '-o', 'x'], 'was changed after it was linked')


def check_options(checks):
    checks.refuses('an option of the sandbox', ['--dir=.', 'start.wasm', '-o', 'x'],
                   '--dir: it has no meaning with --no-sandbox', 2)
    checks.refuses('a library that is not there', ['start.wasm', '-l', 'nowhere', '-o', 'x'],
                   'there is no libnowhere.a')
    checks.refuses('an object that is not there', ['start.wasm', 'nowhere.o', '-o', 'x'], 'nowhere.o: there is no such file')
    checks.refuses('a file that is no object', ['program.wasm', 'start.c', '-o', 'x'], 'start.c: it is no object')
    checks.refuses('objects for an archive', ['--emit=static', 'library.wasm', 'host.o'], '--emit=exe and --emit=shared', 2)
    done = checks.command(*checks.waxwing, 'native', 'start.wasm', 'host.o')
    checks.expect('objects for a sandbox', done.code == 2 and b'only with --no-sandbox' in done.err, done.err)
    checks.refuses('a prefix', ['--emit=object', '--prefix=a-b', 'library.wasm'], "'a-b' is no identifier of C", 2)
    checks.expect('nothing is left behind', not os.path.exists(checks.path('x')))


def lacks():
    if shutil.which('clang-22') is None or shutil.which('wasm-ld-22') is None:
        return 'clang-22 and lld-22 are not installed'
    return None


def main():
    return native_checks.run(Checks, 'native tests without a sandbox',
                      (check_program, check_stack, check_library, check_headers, check_imports, check_modules,
                       check_options), lacks)


if __name__ == '__main__':
    sys.exit(main())
