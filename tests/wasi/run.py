#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the preview 1 programs of the public WASI test suite, and those with threads.

    run.py [--waxwing PROGRAM] [--engine interp|aot|native] SUITE [NAME ...]

SUITE is any folder that holds the suite's prebuilt programs (its branches prod/testsuite-base and,
with threads too, prod/testsuite-all have them): every *.wasm below it in a folder named
wasm32-wasip1 or wasi-threads. Beside NAME.wasm may stand NAME.json: {args, env, root, dirs,
exit_code, stdout, stderr}, or {operations: [run, wait, read ...]}. Each program gets a fresh copy of its root
folder as `/`, and those with threads an input on which nothing ever comes. With --engine native each
is made into an executable first, which then runs by itself.
"""
import argparse
import contextlib
import glob
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402

THREADS = 'wasi-threads'
FOLDERS = ('wasm32-wasip1', THREADS)


def read_specification(path):
    """{args, env, root, exit_code, stdout, stderr}; streams are None where anything may be there."""
    spec = {'args': [], 'env': {}, 'root': None, 'dirs': [], 'exit_code': 0, 'stdout': None, 'stderr': None}
    if not os.path.exists(path):
        return spec
    with open(path, encoding='utf-8') as file:
        found = json.load(file)
    if 'operations' not in found:
        spec.update(found)
        return spec
    for operation in found['operations']:
        kind = operation['type']
        if kind == 'run':
            spec.update((k, v) for k, v in operation.items() if k in ('args', 'env', 'root'))
        elif kind == 'wait':
            spec['exit_code'] = operation.get('exit_code', 0)
        elif kind == 'read':
            stream = operation.get('id', 'stdout')
            spec[stream] = (spec[stream] or '') + operation.get('payload', '')
        else:
            raise ValueError(f'{path}: operation {kind} is not one of preview 1')
    return spec


def one(wasm, program, options):
    """The complaints about one program."""
    spec = read_specification(os.path.splitext(wasm)[0] + '.json')
    with tempfile.TemporaryDirectory() as folder:
        argv = program + ['run', f'--engine={options.engine}']
        words = [wasm]
        if options.engine == 'native':
            executable = os.path.join(folder, 'program')
            made = common.run(program + ['native', '--link=dynamic', '--runtime-options', '-O1', wasm,
                                         '-o', executable], options.timeout)
            if made.code != 0:
                return ['is not made: ' + common.text(made.err)]
            argv = [executable]
            words = ['--']
        for key, value in spec['env'].items():
            argv += ['--env', f'{key}={value}']
        # One folder as `/`, or several under their names.
        given = [(spec['root'], '/')] if spec['root'] is not None else []
        given += [(name, name) for name in spec['dirs']]
        for number, (source, name_there) in enumerate(given):
            root = os.path.join(folder, f'root{number}')
            source = os.path.join(os.path.dirname(wasm), source)
            if os.path.isdir(source):
                shutil.copytree(source, root, symlinks=True)
            else:
                os.mkdir(root)
            for top, folders, names in os.walk(root):
                os.chmod(top, 0o755)
                for name in folders + names:
                    path = os.path.join(top, name)
                    if name.endswith('.cleanup'):
                        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
                    elif name in names:
                        os.chmod(path, 0o644)
                folders[:] = [f for f in folders if not f.endswith('.cleanup')]
            argv += ['--dir', f'{root}::{name_there}']
        with contextlib.ExitStack() as stack:
            more = {}
            if os.path.basename(os.path.dirname(wasm)) == THREADS:
                # Several of them end while a thread reads.
                readable, writable = os.pipe()
                stack.callback(os.close, writable)
                stack.callback(os.close, readable)
                more['stdin'] = readable
            done = common.run(argv + [*words, *spec['args']], options.timeout, **more)
    problems = []
    if done.code != spec['exit_code']:
        problems.append(f'exit code {done.code}, expected {spec["exit_code"]}')
    for name, data in (('stdout', done.out), ('stderr', done.err)):
        if spec[name] is not None and common.text(data) != spec[name]:
            problems.append(f'{name} {common.text(data)!r}, expected {spec[name]!r}')
    if problems:
        problems += common.text(done.out + done.err).splitlines()[:8]
    return problems


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot', 'native'])
    parser.add_argument('suite')
    parser.add_argument('names', nargs='*', help='only programs whose path contains one of these')
    options = parser.parse_args()
    program = common.program(options)
    found = [path for folder in FOLDERS for path in glob.glob(
        os.path.join(os.path.abspath(options.suite), '**', folder, '*.wasm'), recursive=True)]
    programs = sorted(p for p in found if not options.names or any(n in p for n in options.names))
    if not programs:
        print(f'{options.suite}: no programs in folders named {" or ".join(FOLDERS)}')
        return 1
    failed = 0
    for path, problems in common.in_parallel(lambda p: one(p, program, options), programs,
                                             options.jobs):
        if problems:
            failed += 1
            print(f'FAILED {os.path.relpath(path, options.suite)}')
            print('\n'.join('    ' + problem for problem in problems))
    print(f'wasi tests: {len(programs) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
