#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Holds docs/from-wamr.md, docs/from-wasmtime.md and docs/from-wasm2native.md to the truth.

Every row's command is run on a module that is there: it must be one that the program takes (exit
code 0); those that need the compiler, or the runtime of native programs, are left out where the
build has none. A row without one says that there is none today, or needs to be none. Every option
that iwasm, wamrc, wasmtime and wasm2native-compiler print in their help has its row."""
import argparse
import os
import re
import shlex
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402

MODULE = '''(module
  (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
  (memory (export "memory") 1)
  (func (export "answer") (result i32) (i32.const 42))
  (func (export "_start")))'''
# The least module that is taken without a sandbox.
MODULE64 = '''(module
  (memory (export "memory") i64 1)
  (func (export "_start"))
  (@custom "linking" "\\02"))'''
WITHOUT = ('not there today', 'no option')

# What the programs' own help lists: iwasm and wamrc 2.4, wasmtime 49, wasm2native 0.1.
WAMR = '''
-f --function -v= --interp --fast-jit --llvm-jit --multi-tier-jit --stack-size= --heap-size=
--shared-heap-size= --jit-codecache-size= --gc-heap-size= --llvm-jit-size-level=
--llvm-jit-opt-level= --enable-segue --enable-linux-perf --repl --disable-bounds-checks --env= --dir=
--map-dir= --addr-pool= --allow-resolve= --native-lib= --module-path= --max-threads= --timeout= -g=
--gen-prof-file= --version --target= --target-abi= --cpu= --cpu-features= --opt-level= --size-level=
-sgx --bounds-checks= --stack-bounds-checks= --stack-usage= --format= --disable-bulk-memory
--enable-bulk-memory-opt --enable-extended-const --enable-multi-thread --enable-tail-call
--disable-simd --disable-ref-types --enable-call-indirect-overlong --enable-lime1
--disable-aux-stack-check --enable-dump-call-stack --call-stack-features= --enable-perf-profiling
--enable-memory-profiling --xip --enable-indirect-mode --enable-gc --disable-llvm-intrinsics
--enable-builtin-intrinsics= --disable-llvm-jump-tables --disable-llvm-lto --enable-llvm-pgo
--enable-llvm-passes= --use-prof-file= --emit-custom-sections= --invoke-c-api-import --mllvm=
--enable-shared-heap --enable-shared-chain --llvm-version
'''
WASMTIME = '''
--invoke --preload --argv0 --dir --env --allow-precompiled --profile --gdbstub --target --config
opt-level regalloc-algorithm memory-may-move memory-reservation memory-reservation-for-growth
memory-guard-size gc-heap-may-move gc-heap-reservation gc-heap-reservation-for-growth
gc-heap-guard-size gc-heap-initial-size guard-before-linear-memory table-lazy-init
pooling-allocator pooling-decommit-batch-size pooling-memory-keep-resident
pooling-table-keep-resident pooling-memory-protection-keys pooling-max-memory-protection-keys
memory-init-cow memory-guaranteed-dense-image-size pooling-total-core-instances
pooling-total-component-instances pooling-total-memories pooling-total-tables pooling-total-stacks
pooling-max-memory-size pooling-table-elements pooling-max-core-instance-size
pooling-max-unused-warm-slots pooling-async-stack-keep-resident pooling-max-component-instance-size
pooling-max-core-instances-per-component pooling-max-memories-per-component
pooling-max-tables-per-component pooling-max-tables-per-module pooling-max-memories-per-module
pooling-total-gc-heaps signals-based-traps dynamic-memory-guard-size static-memory-guard-size
static-memory-forced static-memory-maximum-size dynamic-memory-reserved-for-growth
pooling-pagemap-scan gc-zeal-alloc-counter compiler collector cranelift-debug-verifier cache
cache-config parallel-compilation native-unwind-info inlining metadata-for-internal-asserts
metadata-for-gc-heap-corruption cranelift debug-info guest-debug address-map logging log-to-files
coredump debugger arg inherit-stdin inherit-stdout inherit-stderr max-backtrace symbols
nan-canonicalization fuel epoch-interruption max-wasm-stack async-stack-size async-stack-zeroing
unknown-exports-allow unknown-imports-trap unknown-imports-default wmemcheck max-memory-size
max-table-elements max-instances max-tables max-memories trap-on-grow-failure timeout all-proposals
bulk-memory multi-memory multi-value reference-types simd relaxed-simd relaxed-simd-deterministic
tail-call threads shared-memory shared-everything-threads memory64 component-model
component-model-async component-model-more-async-builtins component-model-async-stackful
component-model-threading component-model-error-context component-model-gc component-model-map
component-model-memory64 function-references stack-switching gc custom-page-sizes wide-arithmetic
branch-hinting extended-const exceptions gc-support component-model-fixed-length-lists
component-model-implements concurrency-support cli cli-exit-with-code common nn threads http
http-outgoing-body-buffer-chunks http-outgoing-body-chunk-size config keyvalue listenfd tcplisten
tls preview2 nn-graph inherit-network allow-ip-name-lookup tcp udp network-error-code preview0
inherit-env cwd config-var keyvalue-in-memory-data p3 max-resources hostcall-fuel max-random-size
max-http-fields-size path validation-metadata event-window-size
'''
WASM2NATIVE = '''
--target= --target-abi= --cpu= --cpu-features= --opt-level= --size-level= --format=
--no-sandbox-mode --heap-size= --disable-simd --disable-llvm-lto -v= --version --invoke --repl --help
'''
PAGES = {'from-wamr.md': WAMR, 'from-wasmtime.md': WASMTIME, 'from-wasm2native.md': WASM2NATIVE}


def rows(text):
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip('|').split(' | ')]
        if line.startswith('| `') or line.startswith('| unknown'):
            yield line, cells


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    options = parser.parse_args()
    count, failed = 0, 0

    def fail(text):
        nonlocal failed
        failed += 1
        print('FAILED ' + text)

    with tempfile.TemporaryDirectory() as folder:
        for name in ('data', 'lib'):
            os.mkdir(os.path.join(folder, name))
        for name, text in (('app.wasm', MODULE), ('app64.wat', MODULE64),
                           ('lib/library.wat', '(module)')):
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
                file.write(text)
        compiles = common.run(common.program(options) + ['compile', '-o', 'app.wax', 'app.wasm'],
                              options.timeout, cwd=folder).code == 0
        links = common.run(common.program(options) + ['native', '-o', 'app', 'app.wasm'],
                           options.timeout, cwd=folder).code == 0
        for page, named in PAGES.items():
            with open(os.path.join(common.ROOT, 'docs', page), encoding='utf-8') as file:
                text = file.read()
            listed = set()
            for line, cells in rows(text):
                count += 1
                if len(cells) < 2:
                    fail(f'{page}: no row: {line}')
                    continue
                for option in re.findall(r'`([^`]+)`', cells[0]):
                    # `-W fuel=N`, `--dir=DIR`, `-f NAME`
                    words = re.sub(r'^-[WSOCDR] ', '', option).split()
                    listed.add(words[0])
                    listed.add(words[0].split('=')[0])
                    listed.add(words[0].split('=')[0] + '=')
                command = re.fullmatch(r'`(waxwing .*)`', cells[1])
                if not command:
                    if cells[1] not in WITHOUT:
                        fail(f'{page}: neither a command nor one of {WITHOUT}: {cells[1]}')
                    continue
                if not compiles and re.search(r'compile|\.wax|--engine', command.group(1)):
                    continue
                if not links and ' native ' in command.group(1):
                    continue
                argv = common.program(options) + shlex.split(command.group(1))[1:]
                done = common.run(argv, options.timeout, cwd=folder)
                if done.code != 0:
                    fail(f'{page}: {command.group(1)} ends with {done.code}:\n'
                         + common.text(done.err))
            for option in named.split():
                if option not in listed:
                    fail(f'{page}: {option} has no row')
    print(f'rows: {count}, {failed} failures')
    return 1 if failed or not count else 0


if __name__ == '__main__':
    sys.exit(main())
