// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of the host: values, views of the guest's memory, data of their own, objects that the
// guest holds without seeing them, and errors that stop it.
#include <cstdio>
#include <string>
#include <utility>
#include <waxwing/waxwing.hpp>

namespace {

using waxwing::Caller;
using waxwing::ExternRef;
using waxwing::Pointer;
using waxwing::Result;
using waxwing::Span;

constexpr const char* kGuest = R"((module
  (import "host" "print" (func $print (param i32 i32)))
  (import "host" "divide" (func $divide (param i32 i32 i32) (result i32)))
  (import "host" "open" (func $open (param i32 i32) (result externref)))
  (import "host" "append" (func $append (param externref i32)))
  (import "host" "refuse" (func $refuse))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello from the guest")
  (data (i32.const 48) "log")
  (func (export "run") (result i32) (local $log externref)
    (call $print (i32.const 16) (i32.const 20))
    (local.set $log (call $open (i32.const 48) (i32.const 3)))
    ;; the quotient is returned, the remainder written to address 0
    (call $append (local.get $log) (call $divide (i32.const 47) (i32.const 5) (i32.const 0)))
    (call $append (local.get $log) (i32.load (i32.const 0)))
    (i32.const 0))
  (func (export "lie") (call $print (i32.const 65530) (i32.const 100)))
  (func (export "fail") (call $refuse))
))";

struct Log {
  std::string name;
  std::string lines;
};

int fail(const waxwing::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

} // namespace

int main() {
  const waxwing::Engine engine;
  auto module = waxwing::Module::from_text(engine, kGuest, {.name = "guest"});
  if (!module) return fail(module.error());
  auto store = waxwing::Store::make(engine);
  if (!store) return fail(store.error());
  waxwing::Linker linker(*store);

  // [view] The two parameters of the guest's function are one here: the text, checked to be inside
  // its memory. What the lambda captures is the function's own data.
  int printed = 0;
  auto defined = linker.func("host", "print", [&printed](Span<const char> text) {
    ++printed;
    std::printf("guest: %.*s\n", static_cast<int>(text.size()), text.data());
  });
  // [view]
  if (!defined) return fail(defined.error());

  // [pointer] A result through a pointer, and an error that stops the guest.
  defined = linker.func("host", "divide",
                        [](int32_t a, int32_t b, Pointer<int32_t> remainder) -> Result<int32_t> {
                          if (b == 0) return waxwing::fail("division by zero");
                          remainder.store(a % b);
                          return a / b;
                        });
  // [pointer]
  if (!defined) return fail(defined.error());

  // [object] The guest holds a reference; the object ends with the store.
  defined = linker.func("host", "open", [](Caller& caller, Span<const char> name) {
    return caller.store().reference(Log{std::string(name.text()), {}});
  });
  if (!defined) return fail(defined.error());
  Log* last = nullptr;
  defined = linker.func("host", "append",
                        [&last](Caller& caller, ExternRef log, int32_t value) -> Result<void> {
                          last = caller.get<Log>(log);
                          if (last == nullptr) return waxwing::fail("that is no log");
                          last->lines += std::to_string(value) + ";";
                          return {};
                        });
  // [object]
  if (!defined) return fail(defined.error());
  defined = linker.func("host", "refuse",
                        []() -> Result<void> { return waxwing::fail("the host says no"); });
  if (!defined) return fail(defined.error());

  auto instance = linker.instantiate(*module);
  if (!instance) return fail(instance.error());
  auto run = instance->func<int32_t()>("run");
  if (!run) return fail(run.error());
  if (auto ended = run->call(); !ended) return fail(ended.error());
  std::printf("%s: %s\n", last->name.c_str(), last->lines.c_str());

  // [trap] Whatever a guest claims about its memory, the host never touches another.
  for (const char* name : {"lie", "fail"}) {
    auto ended = (*instance->func<void()>(name))();
    std::printf("%s: %s\n%s", name, ended.error().message.c_str(),
                ended.error().trap->trace.c_str());
  }
  // [trap]
  return printed == 1 ? 0 : 1;
}
