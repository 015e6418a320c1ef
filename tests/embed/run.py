#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Installs the library into a folder of its own, builds every example of examples/embed against it
as an embedder would, and compares what they print with NAME.expected.

Four ways: find_package with the shared library and with the archive, pkg-config, and a plain
compiler line. Also: what the shared library shows are the interface's symbols (and
those that debuggers ask for), its soname is the version's, and a component that does not exist is
not found."""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLES = os.path.join(ROOT, 'examples', 'embed')


def must(argv, **more):
    done = subprocess.run(argv, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    if done.returncode != 0:
        sys.exit(f'{" ".join(argv)}\n{done.stdout}\nexit code {done.returncode}')
    return done.stdout


class Embed:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.prefix = os.path.join(folder, 'prefix')
        self.failed = []
        self.passed = 0
        must([options.cmake, '--install', options.build, '--prefix', self.prefix])
        libraries = glob.glob(os.path.join(self.prefix, '**', 'libwaxwing.so'), recursive=True)
        if not libraries:
            sys.exit('no libwaxwing.so was installed')
        self.lib = os.path.dirname(libraries[0])

    def check(self, name, good, text=''):
        if good:
            self.passed += 1
        else:
            self.failed.append(name)
            print(f'FAILED {name}\n{text}')

    def run(self, way, name, program):
        with open(os.path.join(EXAMPLES, name + '.expected'), encoding='utf-8') as file:
            expected = file.read()
        environment = {**os.environ, 'LD_LIBRARY_PATH': self.lib}
        done = subprocess.run([program], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=environment, timeout=120)
        self.check(f'{way}: {name}', done.returncode == 0 and done.stdout == expected,
                   f'exit code {done.returncode}, expected\n{expected}\nit prints\n{done.stdout}')

    def names(self):
        return sorted(os.path.splitext(os.path.basename(p))[0]
                      for p in glob.glob(os.path.join(EXAMPLES, '*.cc')))

    def with_cmake(self, way, *definitions):
        build = os.path.join(self.folder, way.replace(' ', '-'))
        must([self.options.cmake, '-S', EXAMPLES, '-B', build, '-G', 'Ninja',
              f'-DCMAKE_CXX_COMPILER={self.options.cxx}', f'-DCMAKE_PREFIX_PATH={self.prefix}',
              f'-DCMAKE_CXX_FLAGS={self.options.flags}', *definitions])
        must([self.options.cmake, '--build', build])
        for name in self.names():
            self.run(way, name, os.path.join(build, name))

    def with_compiler(self, way, words):
        for name in self.names():
            program = os.path.join(self.folder, 'by-hand')
            must([self.options.cxx, *self.options.flags.split(), '-std=c++23',
                  os.path.join(EXAMPLES, name + '.cc'), '-o', program, *words])
            self.run(way, name, program)

    def with_pkg_config(self):
        if shutil.which('pkg-config') is None:
            print('pkg-config is missing: not tried')
            return
        environment = {**os.environ, 'PKG_CONFIG_PATH': os.path.join(self.lib, 'pkgconfig')}
        words = must(['pkg-config', '--cflags', '--libs', 'waxwing'], env=environment).split()
        self.with_compiler('pkg-config', words)

    def components(self):
        source = os.path.join(self.folder, 'strange')
        os.mkdir(source)
        with open(os.path.join(source, 'CMakeLists.txt'), 'w', encoding='utf-8') as file:
            file.write('cmake_minimum_required(VERSION 3.25)\nproject(strange LANGUAGES CXX)\n'
                       'find_package(waxwing QUIET COMPONENTS core teleport)\n'
                       'if(waxwing_FOUND OR NOT waxwing_core_FOUND)\n'
                       '  message(FATAL_ERROR "found")\nendif()\n')
        must([self.options.cmake, '-S', source, '-B', source + '/build', '-G', 'Ninja',
              f'-DCMAKE_CXX_COMPILER={self.options.cxx}', f'-DCMAKE_PREFIX_PATH={self.prefix}'])
        self.check('components', True)

    def symbols(self):
        library = os.path.join(self.lib, 'libwaxwing.so')
        version = must(['objdump', '-p', library])
        soname = re.search(r'SONAME\s+(\S+)', version)
        self.check('soname', soname is not None and
                   re.fullmatch(r'libwaxwing\.so\.(0\.\d+|[1-9]\d*)', soname.group(1)), version)
        shown = must(['nm', '-DC', '--defined-only', library]).splitlines()
        # By the last two, debuggers find compiled code.
        expected = (r'\b(waxwing::v0::|typeinfo (name )?for waxwing::v0::|'
                    r'__jit_debug_(descriptor|register_code)$)')
        strangers = [line for line in shown if not re.search(expected, line)]
        self.check('symbols', shown and not strangers, '\n'.join(strangers))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True, help='build folder to install from')
    parser.add_argument('--cmake', default='cmake')
    parser.add_argument('--cxx', required=True)
    parser.add_argument('--flags', default='', help='what the library was built with (-fsanitize=)')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        embed = Embed(options, folder)
        embed.with_cmake('find_package')
        embed.with_cmake('find_package static', '-DSTATIC=ON')
        embed.with_pkg_config()
        include = os.path.join(embed.prefix, 'include')
        embed.with_compiler('compiler line', ['-I' + include, '-L' + embed.lib, '-lwaxwing'])
        embed.components()
        if not options.flags:
            embed.symbols()
    print(f'embed: {embed.passed} as expected, {len(embed.failed)} not')
    return 1 if embed.failed or not embed.passed else 0


if __name__ == '__main__':
    sys.exit(main())
