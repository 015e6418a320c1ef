# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A thin cover over the CMake presets and scripts/: everything here can be said without make.
PRESET ?= release
JOBS ?= $(shell nproc)

.PHONY: all run test bench bench-loops bench-start bench-load bench-micro bench-trace bench-compile check-all check-abi check-wasi check-escape check-wasi-calls check-loops fuzz-minute format tidy clean

all:
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) -j $(JOBS)

run:
	scripts/run

test:
	scripts/test

# Peers are found on PATH; bench/README.md.
bench: all
	bench/run.py

bench-loops: all
	bench/run.py --corpus bench/loops.txt --engines waxwing-aot

bench-start: all
	bench/start.py

bench-load: all bench-micro
	bench/load.py

bench-micro:
	scripts/setup --bench
	cmake --preset release -DWAXWING_BENCH=ON
	cmake --build --preset release -j $(JOBS) --target micro micro_image
	build/release/bench/micro

# wamrc is found on PATH; large modules come from npm packages.
bench-trace: all
	bench/trace.py

# The same modules; wamrc as well.
bench-compile: all
	bench/compile.py

check-all:
	scripts/check-all

# One module on every target: the emulated ones need their presets built.
check-abi: all
	scripts/setup --all
	for preset in aarch64 riscv64 armhf; do \
	  cmake --preset $$preset && cmake --build --preset $$preset -j $(JOBS) --target abi_test || exit 1; \
	done
	python3 tests/abi/run.py --waxwing build/$(PRESET)/waxwing --test build/$(PRESET)/tests/abi_test

# In ENGINE interp (the default), aot, or native: as executables.
check-wasi: all
	python3 tests/wasi/run.py --waxwing build/$(PRESET)/waxwing --engine $(or $(ENGINE),interp) $(SUITE)

# Every attempt to get out of a preopened folder, in both ways of following paths, and the races.
check-escape:
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) -j $(JOBS) --target wasi_test
	build/$(PRESET)/tests/wasi_test --gtest_brief=1 --gtest_filter='*WasiEscape*'

# Ten million random calls of WASI functions under AddressSanitizer and UndefinedBehaviorSanitizer.
check-wasi-calls:
	cmake --preset asan
	cmake --build --preset asan -j $(JOBS) --target wasi_calls
	build/asan/tests/wasi_calls --calls 10000000

# A million random calls of loops, in vectors where that is possible.
check-loops:
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) -j $(JOBS) --target loop_calls
	build/$(PRESET)/tests/loop_calls --calls 1000000

fuzz-minute:
	scripts/fuzz 60

format:
	scripts/format

tidy:
	scripts/tidy

clean:
	rm -rf build
