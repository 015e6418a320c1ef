// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two modules linked to each other: one offers a memory and an allocator, the other uses both and
// runs as a WASI program whose output the host keeps in a string.
#include <cstdio>
#include <memory>
#include <string>
#include <waxwing/waxwing.hpp>

namespace {

constexpr const char* kLibrary = R"((module
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (func (export "allocate") (param $size i32) (result i32)
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get $size))))
))";

constexpr const char* kProgram = R"((module
  (import "library" "memory" (memory $shared 1))
  (import "library" "allocate" (func $allocate (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (export "memory" (memory $shared))
  (data $text "linked modules share a memory\0a")
  (func (export "_start") (local $text i32) (local $vector i32)
    (local.set $text (call $allocate (i32.const 30)))
    (memory.init $text (local.get $text) (i32.const 0) (i32.const 30))
    (local.set $vector (call $allocate (i32.const 12)))
    (i32.store (local.get $vector) (local.get $text))
    (i32.store offset=4 (local.get $vector) (i32.const 30))
    (drop (call $fd_write (i32.const 1) (local.get $vector) (i32.const 1)
      (i32.add (local.get $vector) (i32.const 8)))))
))";

int fail(const waxwing::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

} // namespace

int main() {
  const waxwing::Engine engine;
  auto library = waxwing::Module::from_text(engine, kLibrary, {.name = "library"});
  if (!library) return fail(library.error());
  auto program = waxwing::Module::from_text(engine, kProgram, {.name = "program"});
  if (!program) return fail(program.error());
  auto store = waxwing::Store::make(engine);
  if (!store) return fail(store.error());

  waxwing::Linker linker(*store);
  // [wasi] Standard output is a string; there is no input, no folder and no environment.
  auto output = std::make_shared<std::string>();
  waxwing::WasiConfig wasi;
  wasi.args = {"program"};
  wasi.out = waxwing::Stream::output(output);
  if (auto defined = linker.wasi(wasi); !defined) return fail(defined.error());
  // [wasi]

  // [link] The exports of one instance become what the other imports.
  auto provider = linker.instantiate(*library);
  if (!provider) return fail(provider.error());
  if (auto defined = linker.instance("library", *provider); !defined) return fail(defined.error());
  auto instance = linker.instantiate(*program);
  if (!instance) return fail(instance.error());
  // [link]
  const auto code = instance->run();
  if (!code) return fail(code.error());
  std::printf("exit code %u, output: %s", *code, output->c_str());
  return output->empty() ? 1 : 0;
}
