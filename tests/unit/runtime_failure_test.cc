// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No memory at any point: an error, and nothing leaks.
#include <gtest/gtest.h>

#include "support/counting_allocator.hpp"
#include "unit/runtime_fixture.hpp"

namespace waxwing::runtime {
namespace {

using namespace testing;
using waxwing::testing::CountingAllocator;

/// A module with something of everything.
Bytes large_module() {
  ModuleBuilder builder;
  for (uint32_t i = 0; i < 40; ++i)
    builder.type(func_type(std::vector<Bytes>(i % 7, i % 2 != 0 ? kI32 : kI64),
                           std::vector<Bytes>(i / 7, kI32)));
  builder.type(Bytes{0x4E} + vector({Bytes{0x50, 0x00, 0x5F} + vector({ref_null(41) + Bytes{0}}),
                                     Bytes{0x50, 0x01, 40, 0x5F} +
                                         vector({ref_null(41) + Bytes{0}, kI32 + Bytes{1}})}));
  builder.import("env", "memory", ExternKind::memory, limits(0, 1));
  builder.import("env", "f", ExternKind::func, leb(0));
  builder.import("env", "g", ExternKind::global, global_type(kI32, false));
  for (int i = 0; i < 20; ++i) builder.func(0);
  builder.memory(limits(0, 1));
  builder.table(table_type(kFuncref, limits(0, 40)));
  builder.table(Bytes{0x40, 0x00} + table_type(kFuncref, limits(0, 5)) + expr(ref_func(2)));
  builder.global(global_type(kI32, false), global_get(0) + i32_const(3) + Bytes{0x6A});
  builder.tag(0);
  for (uint32_t i = 0; i < 20; ++i)
    builder.export_("export" + std::to_string(i), ExternKind::func, i);
  builder.elem(Bytes{0} + expr(i32_const(1)) + vector({leb(1), leb(2)}));
  builder.elem(Bytes{5, 0x70} + vector({expr(ref_func(3)), expr(Bytes{0xD0, 0x70})}));
  builder.data(Bytes{0} + expr(i32_const(5)) + text("data"));
  return builder.finish();
}

/// From nothing to an instance that has run; the error on the way, if any.
Result<void> run(const Allocator& allocator, std::span<const uint8_t> bytes) {
  Engine engine(allocator, {}, TestBackend::get());
  LoadedModule* loaded = TRY(LoadedModule::load(engine, bytes));
  const auto use = [&](Store& store) -> Result<void> {
    Linker linker(store);
    TRY(linker.define_function("env", "f", {}, {}, [](HostCall&) { return Outcome::ok; }, nullptr));
    Extern value;
    value.kind = ExternKind::memory;
    value.memory = TRY(store.host_memory({.limits = {.min = 1}}));
    TRY(linker.define("env", "memory", value));
    const int32_t seven = 7;
    value.kind = ExternKind::global;
    value.global = TRY(store.host_global({val::i32}, &seven));
    TRY(linker.define("env", "g", value));
    TRY(store.host_table({val::funcref, {.min = 3}}, 0));
    Outcome outcome{};
    for (int i = 0; i < 3; ++i) {
      Instance* instance = TRY(linker.instantiate(*loaded, outcome));
      EXPECT_EQ(outcome, Outcome::ok);
      EXPECT_EQ(load_unaligned<int32_t>(instance->globals[1]->value), 10);
      TRY(linker.define_instance("guest" + std::to_string(i), *instance));
      EXPECT_EQ(call(store, instance->func_ref(5), nullptr), Outcome::ok);
    }
    return {};
  };
  Result<void> result;
  Result<Store*> store = Store::make(engine, {.stack_bytes = 65536});
  if (store) {
    result = use(**store);
    Store::destroy(*store);
  } else {
    result = std::unexpected(store.error());
  }
  loaded->release();
  return result;
}

TEST(AllocationFailure, AtEveryPointIsAnErrorAndLeaksNothing) {
  TestBackend::body = [](Instance&, FuncIndex, Cell*) { return Outcome::ok; };
  const Bytes bytes = large_module();
  uint64_t needed = 0;
  {
    CountingAllocator counting;
    const Result<void> result = run(counting.allocator(), bytes);
    ASSERT_TRUE(result.has_value()) << static_cast<int>(result.error().code);
    EXPECT_EQ(counting.bytes(), 0u);
    needed = counting.requests();
  }
  EXPECT_GT(needed, 50u);
  for (uint64_t n = 0; n < needed; ++n) {
    CountingAllocator counting(n);
    const Result<void> result = run(counting.allocator(), bytes);
    EXPECT_FALSE(result.has_value()) << n;
    if (!result) EXPECT_EQ(result.error().code, ErrorCode::out_of_memory) << n;
    EXPECT_EQ(counting.bytes(), 0u) << n;
    EXPECT_EQ(TestBackend::loaded, 0) << n;
    EXPECT_EQ(TestBackend::attached, 0) << n;
  }
}

} // namespace
} // namespace waxwing::runtime
