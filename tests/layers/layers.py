#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the layering: every #include of src/ and tools/ against docs/layers.txt, the DEPENDS of
CMakeLists.txt against the same, and that conditional compilation stays in its two places.

    layers.py [ROOT]        prints every stranger, exits 1 if there is one
    layers.py --self-check  proves on made-up trees that each kind of stranger is caught
"""
import os
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
CONDITIONAL = re.compile(r'^\s*#\s*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b')
ROOM = re.compile(r'waxwing_room\((\w+)([^)]*)\)')
# Headers that carry an extension but belong to a library that no core room uses.
LIBRARY = re.compile(r'^(fmt|CLI|nlohmann)/')
LLVM = re.compile(r'^(llvm|lld)/')
INTRINSICS = re.compile(r'^(immintrin|arm_neon|wasm_simd128)\.h$')
# What uses the library by its public headers.
EMBEDDERS = ('script', 'tools')
SOURCES = ('.cc', '.hpp', '.h', '.def', '.inc')


def read_rules(path):
    """Rooms with what they may include, core rooms, and banned headers."""
    rooms, core, banned = {}, set(), set()
    for line in open(path, encoding='utf-8'):
        line = line.split('#')[0].strip()
        if not line:
            continue
        name, _, rest = line.partition(':')
        if name == 'core':
            core |= set(rest.split())
        elif name == 'banned':
            banned |= set(rest.split())
        else:
            rooms[name] = rooms.get(name, {name}) | set(rest.split())
    return rooms, core, banned


def sources(folder):
    for top, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.endswith(SOURCES):
                yield os.path.join(top, name)


def check_public(path, root, public):
    """The strangers among what a public header includes: it needs the standard library alone."""
    problems = []
    for number, line in enumerate(open(path, encoding='utf-8'), 1):
        where = f'{os.path.relpath(path, root)}:{number}'
        if CONDITIONAL.match(line):
            problems.append(f'{where}: conditional compilation in a public header')
        found = INCLUDE.match(line)
        if not found:
            continue
        quote, name = found.groups()
        if quote == '<' and ('.' in name or '/' in name):
            problems.append(f'{where}: <{name}>: public headers include the standard library only')
        elif quote == '"' and not os.path.exists(os.path.join(public, name)):
            problems.append(f'{where}: "{name}" is no public header')
    return problems


def check(root):
    rooms, core, banned = read_rules(os.path.join(root, 'docs', 'layers.txt'))
    problems = []
    src, tools = os.path.join(root, 'src'), os.path.join(root, 'tools')
    public = os.path.join(root, 'include')
    files = [(p, os.path.relpath(p, src).split(os.sep)[0]) for p in sources(src)]
    files += [(p, 'tools') for p in sources(tools)]
    headers = list(sources(public))
    for path in headers:
        problems += check_public(path, root, public)
    for path, room in files:
        shown = os.path.relpath(path, root)
        if room not in rooms:
            problems.append(f'{shown}: room "{room}" is not in docs/layers.txt')
            continue
        allowed = rooms[room]
        conditional_ok = room == 'platform' or shown == os.path.join('src', 'base', 'config.hpp')
        for number, line in enumerate(open(path, encoding='utf-8'), 1):
            where = f'{shown}:{number}'
            if CONDITIONAL.match(line) and not conditional_ok:
                problems.append(f'{where}: conditional compilation outside src/platform and '
                                f'src/base/config.hpp: {line.strip()}')
            found = INCLUDE.match(line)
            if not found:
                continue
            quote, name = found.groups()
            if quote == '<' and name.startswith('waxwing/'):
                if room not in EMBEDDERS + ('api',):
                    problems.append(f'{where}: <{name}>: {room} may not include public headers')
                elif not os.path.exists(os.path.join(public, name)):
                    problems.append(f'{where}: <{name}> does not exist in include/')
                continue
            if quote == '<':
                if room in core and name in banned:
                    problems.append(f'{where}: <{name}> is banned in core rooms')
                elif name.endswith('.h') and room != 'platform' and not INTRINSICS.match(name):
                    if not (room in ('tools', 'describe', 'api', 'script') and LIBRARY.match(name) or
                            room in ('compile', 'symbolize') and LLVM.match(name)):
                        problems.append(f'{where}: <{name}>: only src/platform includes headers '
                                        'of the operating system')
                continue
            target = name.split('/')[0]
            if room == 'tools' and (os.path.exists(os.path.join(tools, name)) or
                                    os.path.exists(os.path.join(os.path.dirname(path), name))):
                continue
            if target not in rooms or target == 'tools':
                problems.append(f'{where}: "{name}" is in no room')
            elif target not in allowed and name not in allowed:
                problems.append(f'{where}: "{name}": {room} may not include {target}')
            elif not os.path.exists(os.path.join(src, name)):
                problems.append(f'{where}: "{name}" does not exist in src/')
            elif target == 'platform' and room != 'platform' and name.count('/') > 1:
                problems.append(f'{where}: "{name}": only src/platform includes its own folders')

    cmake = os.path.join(root, 'CMakeLists.txt')
    if os.path.exists(cmake):
        declared = set()
        for room, words in ROOM.findall(open(cmake, encoding='utf-8').read()):
            declared.add(room)
            keyword = None
            for word in words.split():
                if word in ('CORE', 'DEPENDS', 'FOLDERS', 'OPTIONAL_MODULE'):
                    keyword = word
                elif keyword == 'DEPENDS' and word == 'api' and room in EMBEDDERS:
                    continue  # by the public headers
                elif keyword == 'DEPENDS' and word not in rooms.get(room, ()):
                    problems.append(f'CMakeLists.txt: {room} may not depend on {word}')
            if ('CORE' in words.split()) != (room in core):
                problems.append(f'CMakeLists.txt: {room}: CORE disagrees with docs/layers.txt')
        for room in sorted(set(rooms) - declared - {'tools'}):
            problems.append(f'CMakeLists.txt: room {room} of docs/layers.txt is not built')
    return len(files) + len(headers), problems


def self_check():
    rules = ('base:\nwasm: base\nplatform: base\ncompile: wasm/w.hpp\ntools: base\n'
             'core: base wasm\nbanned: vector\n')
    cases = [
        ('src/compile/a.hpp', '#include "wasm/w.hpp"\n#include <llvm/IR/Module.h>\n', None),
        ('src/compile/a.hpp', '#include "base/b.hpp"\n', 'compile may not include base'),
        ('src/wasm/a.hpp', '#include <llvm/IR/Module.h>\n', 'only src/platform'),
        ('src/wasm/a.hpp', '#include "base/b.hpp"\n#include <span>\n', None),
        ('src/platform/a.cc', '#include <unistd.h>\n#ifdef X\n#endif\n', None),
        ('src/base/config.hpp', '#if 1\n#endif\n', None),
        ('src/base/a.hpp', '#include "wasm/w.hpp"\n', 'base may not include wasm'),
        ('src/base/a.hpp', '  #  include  "wasm/w.hpp"\n', 'base may not include wasm'),
        ('src/wasm/a.hpp', '#include "attic/w.hpp"\n', 'is in no room'),
        ('src/wasm/a.hpp', '#include "base/none.hpp"\n', 'does not exist'),
        ('src/wasm/a.hpp', '#include <vector>\n', 'is banned'),
        ('src/wasm/a.hpp', '#include <unistd.h>\n', 'only src/platform'),
        ('src/wasm/a.hpp', '#ifdef FEATURE\n', 'conditional compilation'),
        ('include/waxwing/a.hpp', '#include <vector>\n#include "waxwing/a.hpp"\n', None),
        ('include/waxwing/a.hpp', '#include "base/b.hpp"\n', 'is no public header'),
        ('include/waxwing/a.hpp', '#include <fmt/format.h>\n', 'the standard library only'),
        ('include/waxwing/a.hpp', '#ifdef X\n', 'conditional compilation in a public header'),
        ('src/wasm/a.hpp', '#include <waxwing/a.hpp>\n', 'may not include public headers'),
        ('tools/waxwing/a.cc', '#include <waxwing/none.hpp>\n', 'does not exist in include/'),
        ('tools/waxwing/a.cc', '#include "base/b.hpp"\n', None),
        ('tools/waxwing/a.cc', '#include "wasm/w.hpp"\n', 'tools may not include wasm'),
        ('src/attic/a.hpp', '\n', 'is not in docs/layers.txt'),
        ('tools/waxwing/a.cc', '#include "platform/posix/p.hpp"\n', 'may not include platform'),
        ('CMakeLists.txt', 'waxwing_room(base CORE DEPENDS wasm)\nwaxwing_room(wasm CORE)\n'
         'waxwing_room(platform)\n', 'base may not depend on wasm'),
    ]
    failures = 0
    for path, text, expected in cases:
        with tempfile.TemporaryDirectory() as root:
            tree = {'docs/layers.txt': rules, 'src/base/b.hpp': '', 'src/wasm/w.hpp': '',
                    'src/platform/posix/p.hpp': '', path: text}
            for name, content in tree.items():
                full = os.path.join(root, name)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, 'w', encoding='utf-8') as out:
                    out.write(content)
            _, problems = check(root)
            good = not problems if expected is None else any(expected in p for p in problems)
            if not good:
                failures += 1
                print(f'self-check: {path!r} {text!r}: expected {expected!r}, got {problems}')
    print(f'self-check: {len(cases) - failures} of {len(cases)} cases as expected')
    return failures == 0


def main():
    if '--self-check' in sys.argv:
        return 0 if self_check() else 1
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), '..', '..')
    count, problems = check(os.path.abspath(root))
    for problem in problems:
        print(problem)
    print(f'layers: {count} files, {len(problems)} strangers')
    return 1 if problems or not count else 0


if __name__ == '__main__':
    sys.exit(main())
