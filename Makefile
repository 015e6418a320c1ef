# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A thin cover over the CMake presets and scripts/: everything here can be said without make.
PRESET ?= release
JOBS ?= $(shell nproc)

.PHONY: all run test check-all check-wasi fuzz-minute format tidy clean

all:
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) -j $(JOBS)

run:
	scripts/run

test:
	scripts/test

check-all:
	scripts/check-all

check-wasi: all
	python3 tests/wasi/run.py --waxwing build/$(PRESET)/waxwing $(SUITE)

fuzz-minute:
	scripts/fuzz 60

format:
	scripts/format

tidy:
	scripts/tidy

clean:
	rm -rf build
