#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# scripts/demo-clang.sh [--engine=interp|aot | --native] [-O LEVEL]
#
# A large program in Waxwing: clang and wasm-ld 22 as one 75 MB WASI module of 133,398 functions,
# from npm. It compiles and links examples/demo/queens.c and words.cc to WebAssembly, and Waxwing
# runs what it made. Then node's WASI (a pinned version from npm) runs the same compiler on the same
# C source: the two object files must be the same byte for byte. With --engine=aot, `waxwing compile`
# turns the module into an image first, with --native `waxwing native` makes an executable of it, which
# then works without Waxwing; the time and memory that this takes are printed. LEVEL is how far the
# machine code is optimised (0 to 3; default: 2).
#
# Everything is kept in build/demo-clang; nothing of it is committed.
set -euo pipefail
cd "$(dirname "$0")/.."
clang_version=22.0.0-git20542-10
node_version=26.10.0
engine=interp
level=2
while [ $# -gt 0 ]; do
  case $1 in
    --engine=interp | --engine=aot) engine=${1#--engine=} ;;
    --native) engine=native ;;
    -O) level=${2?-O LEVEL}; shift ;;
    -O?) level=${1#-O} ;;
    *) echo "usage: scripts/demo-clang.sh [--engine=interp|aot | --native] [-O LEVEL]" >&2; exit 2 ;;
  esac
  shift
done
top=$PWD
work=$top/build/demo-clang
root=$work/root # what the compiler sees as /

measured() {
  python3 - "$@" <<'END'
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f'{used.ru_utime + used.ru_stime:.0f} s of CPU, {used.ru_maxrss // 1024} MiB at most')
sys.exit(code)
END
}
step() { printf '\n== [%4ds] %s\n' "$SECONDS" "$*"; }

step "Tools"
scripts/setup --node
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" --target waxwing

step "@yowasp/clang $clang_version and node $node_version"
mkdir -p "$work"
cd "$work"
module=$work/node_modules/@yowasp/clang/gen/llvm.core.wasm
node=$work/node_modules/node/bin/node
if [ ! -s "$module" ] || [ "$("$node" -v 2>/dev/null)" != "v$node_version" ]; then
  printf '{ "private": true }\n' >package.json
  npm install --no-audit --no-fund --loglevel=error "@yowasp/clang@$clang_version" "node@$node_version"
fi
if [ ! -e "$root/usr/lib/wasm32-wasip1/libc.a" ]; then
  mkdir -p "$root/usr" "$root/tmp"
  tar -C "$root/usr" -xf node_modules/@yowasp/clang/gen/llvm-resources.tar
fi
ls -l "$module" | awk '{print $NF ": " $5 " bytes"}'
cp "$top"/examples/demo/* "$root"

compiler=$module
if [ "$engine" = aot ]; then
  compiler=$work/llvm.core.wax
  step "waxwing compile"
  measured "$top/build/release/waxwing" compile -O "$level" "$module" -o "$compiler"
  ls -l "$compiler" | awk '{print $NF ": " $5 " bytes"}'
elif [ "$engine" = native ]; then
  compiler=$work/llvm.core
  step "waxwing native -O $level"
  measured "$top/build/release/waxwing" native -O "$level" --strip --dir "$root::/" "$module" -o "$compiler"
  ls -l "$compiler" | awk '{print $NF ": " $5 " bytes"}'
fi
by_waxwing() {
  if [ "$engine" = native ]; then
    "$compiler" "$@"
  else
    "$top/build/release/waxwing" run --dir "$root::/" "$compiler" "$@"
  fi
}
# Runs what was made.
run() {
  if [ "$engine" = native ]; then
    "$top/build/release/waxwing" native "$1" -o "${1%.wasm}"
    "./${1%.wasm}" "${@:2}"
  else
    "$top/build/release/waxwing" run "--engine=$engine" "$@"
  fi
}
by_node() { "$node" --no-warnings "$top/scripts/node-wasi.mjs" "$root" "$module" "$@"; }
link() {
  by_waxwing wasm-ld -m wasm32 -L/usr/lib/wasm32-unknown-wasip1 -L/usr/lib/wasm32-wasip1 \
    /usr/lib/wasm32-wasip1/crt1-command.o "$@" -lc \
    /usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a
}
cd "$root"
rm -f ./*.o ./*.wasm

step "waxwing: clang --version"
by_waxwing clang --version | sed -n 1p
step "waxwing: clang -O2 -c queens.c"
by_waxwing clang -O2 -c /queens.c -o /queens.o
step "waxwing: wasm-ld queens.o"
link /queens.o -o /queens.wasm
step "waxwing: queens.wasm"
run queens.wasm 9 | tee queens.out
[ "$(tail -n 1 queens.out)" = " 9 queens: 352 ways" ]

step "waxwing: clang++ -O2 -c words.cc"
by_waxwing clang++ -O2 -fno-exceptions -c /words.cc -o /words.o
step "waxwing: wasm-ld words.o"
link /words.o -lc++ -lc++abi -o /words.wasm
step "waxwing: words.wasm"
run words.wasm a rose is a rose is a rose | tee words.out
[ "$(head -n 1 words.out)" = "3 a" ]

step "node: clang -O2 -c queens.c"
by_node clang -O2 -c /queens.c -o /queens-node.o
cmp queens.o queens-node.o
sha256sum queens.o queens-node.o
step "The object files are the same"
