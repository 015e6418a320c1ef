// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The n-th allocation fails, for every n: each step says that memory has run out, leaves nothing
// behind, and works when asked again.
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "interp/interp.hpp"
#include "runtime/instance.hpp"
#include "runtime/linker.hpp"
#include "runtime/loaded_module.hpp"
#include "runtime/store.hpp"
#include "support/counting_allocator.hpp"
#include "text/parse.hpp"
#include "wasm/module.hpp"

namespace waxwing {
namespace {

using testing::CountingAllocator;

// Something of everything that is kept in memory of its own.
constexpr const char* kModule = R"wat(
(module $everything
  (rec (type $node (sub (struct (field (mut (ref null $node))) (field i8))))
       (type $numbers (array (mut i32))))
  (type $binary (func (param i32 i32) (result i32)))
  (memory (export "memory") 1 4)
  (table $table (export "table") 4 8 funcref)
  (global $counter (export "counter") (mut i64) (i64.const 7))
  (global $constant (ref $node) (struct.new $node (struct.new_default $node) (i32.const 1)))
  (tag $oops (param i32))
  (elem (table $table) (i32.const 1) func $add $sub)
  (elem $passive funcref (ref.func $add) (ref.null func))
  (elem declare func $main)
  (data (i32.const 8) "some bytes")
  (data $later "more")
  (func $add (export "add") (type $binary) (i32.add (local.get 0) (local.get 1)))
  (func $sub (export "sub") (type $binary) (i32.sub (local.get 0) (local.get 1)))
  (func $main (export "main") (param $n i32) (result i32)
    (local $i i32) (local $sum i32) (local f64 v128)
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $i) (local.get $n)))
        (local.set $sum
          (call_indirect $table (type $binary) (local.get $sum) (local.get $i) (i32.const 1)))
        (local.set $i (call $add (local.get $i) (i32.const 1)))
        (br_table $next $next $done (i32.const 0))))
    (drop (array.len (array.new $numbers (i32.const 1) (local.get $n))))
    (drop (struct.new $node (global.get $constant) (local.get $n)))
    (if (i32.eqz (local.get $n)) (then (memory.init $later (i32.const 0) (i32.const 0) (i32.const 4))))
    (local.get $sum))
  (func $started (global.set $counter (i64.const 8)))
  (start $started))
)wat";

std::vector<uint8_t> bytes_of(const char* source) {
  auto binary = text::parse_module(source);
  EXPECT_TRUE(binary.has_value());
  return binary ? std::move(binary->bytes) : std::vector<uint8_t>();
}

/// Runs `steps` with an allocator that never fails, which must succeed, then with one that fails
/// from the n-th request on, for every n that the first run made.
void fail_every_allocation(const std::function<Result<void>(const Allocator& allocator)>& steps) {
  CountingAllocator all;
  {
    auto done = steps(all.allocator());
    ASSERT_TRUE(done.has_value()) << "error " << static_cast<int>(done.error().code) << " at "
                                  << done.error().offset;
  }
  EXPECT_EQ(all.bytes(), 0u) << "not given back";
  ASSERT_GT(all.requests(), 0u);
  for (uint64_t n = 0; n < all.requests(); n++) {
    CountingAllocator failing(n);
    auto done = steps(failing.allocator());
    ASSERT_FALSE(done.has_value()) << "allocation " << n << " of " << all.requests();
    // The heap of objects has an error of its own.
    if (done.error().code != ErrorCode::gc_heap_limit)
      EXPECT_EQ(done.error().code, ErrorCode::out_of_memory) << "allocation " << n;
    EXPECT_EQ(failing.bytes(), 0u) << "left behind after allocation " << n;
    EXPECT_GT(failing.refused(), 0u);
  }
}

TEST(AllocFail, DecodeAndValidate) {
  const auto bytes = bytes_of(kModule);
  fail_every_allocation([&](const Allocator& allocator) -> Result<void> {
    Module module(allocator);
    TRY(decode(bytes, FeatureSet::defaults(), module));
    return validate(module);
  });
}

/// Out of memory also when it ran out inside the guest, where it is a trap.
Result<void> result_of(runtime::Store& store, runtime::Outcome outcome) {
  if (outcome == runtime::Outcome::ok) return {};
  EXPECT_EQ(outcome, runtime::Outcome::trap);
  if (store.trap.kind != TrapKind::gc_heap_exhausted)
    EXPECT_EQ(store.trap.kind, TrapKind::out_of_memory);
  return out_of_memory();
}

/// From bytes to a result: load, instantiate with a start function, translate, call.
Result<void> run(const Allocator& allocator, std::span<const uint8_t> bytes) {
  runtime::Engine engine(allocator, {}, interp::backend());
  runtime::LoadedModule* loaded = TRY(runtime::LoadedModule::load(engine, bytes));
  const auto use = [&](runtime::Store& store) -> Result<void> {
    runtime::Linker linker(store);
    runtime::Outcome outcome{};
    runtime::Instance* instance = TRY(linker.instantiate(*loaded, outcome));
    TRY(result_of(store, outcome));
    runtime::Extern main;
    EXPECT_TRUE(instance->find_export("main", main));
    runtime::Cell cells[8] = {};
    cells[0] = 20;
    TRY(result_of(store, runtime::call(store, main.func, cells)));
    EXPECT_EQ(static_cast<int32_t>(cells[0]), 190);
    return {};
  };
  Result<void> result;
  Result<runtime::Store*> store = runtime::Store::make(engine, {.stack_bytes = 65536});
  if (store) {
    result = use(**store);
    runtime::Store::destroy(*store);
  } else {
    result = std::unexpected(store.error());
  }
  loaded->release();
  return result;
}

TEST(AllocFail, LoadInstantiateTranslateAndCall) {
  const auto bytes = bytes_of(kModule);
  fail_every_allocation([&](const Allocator& allocator) { return run(allocator, bytes); });
}

// A refusal must not depend on there being memory for it.
TEST(AllocFail, RefusalOfABadModule) {
  auto bytes = bytes_of("(module (func (result i32) (i64.const 1)))");
  CountingAllocator all;
  Module module(all.allocator());
  ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), module).has_value());
  const auto refused = validate(module);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::type_mismatch);
}

} // namespace
} // namespace waxwing
