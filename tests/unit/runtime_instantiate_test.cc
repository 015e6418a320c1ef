// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <cstring>

#include "unit/runtime_fixture.hpp"

namespace waxwing::runtime {
namespace {

using namespace testing;

class InstantiateTest : public RuntimeTest {
 protected:
  Result<Instance*> try_instantiate(const ModuleBuilder& builder, Outcome& outcome,
                                    std::vector<Extern> imports = {}) {
    return runtime::instantiate(*store_, load(builder), imports, outcome);
  }
  /// An active data segment of memory 0.
  static Bytes active_data(const Bytes& offset, std::string_view bytes) {
    return Bytes{0} + expr(offset) + text(bytes);
  }
  /// An active element segment of table 0 with functions.
  static Bytes active_funcs(const Bytes& offset, const std::vector<uint32_t>& functions) {
    std::vector<Bytes> indices;
    for (uint32_t f : functions) indices.push_back(leb(f));
    return Bytes{0} + expr(offset) + vector(indices);
  }
};

TEST_F(InstantiateTest, ConstantExpressions) {
  ModuleBuilder builder;
  const auto i32 = [&](const Bytes& init) {
    return builder.global(global_type(kI32, false), init);
  };
  const auto i64 = [&](const Bytes& init) {
    return builder.global(global_type(kI64, false), init);
  };
  i32(i32_const(-5));
  i32(i32_const(7) + i32_const(9) + Bytes{0x6B});
  i32(i32_const(INT32_MAX) + i32_const(1) + Bytes{0x6A});
  i32(global_get(1) + global_get(0) + Bytes{0x6C});
  i64(i64_const(INT64_MIN) + i64_const(1) + Bytes{0x7D});
  i64(i64_const(1ll << 40) + i64_const(1 << 20) + Bytes{0x7E} + i64_const(5) + Bytes{0x7C});
  builder.global(global_type(kF32, true), Bytes{0x43, 0, 0, 0xC0, 0x7F});
  builder.global(global_type(kF64, true), Bytes{0x44, 1, 2, 3, 4, 5, 6, 7, 8});
  builder.global(global_type(kV128, true),
                 Bytes{0xFD, 0x0C, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  Instance& instance = instantiate(builder);
  EXPECT_EQ(global<int32_t>(instance, 0), -5);
  EXPECT_EQ(global<int32_t>(instance, 1), -2);
  EXPECT_EQ(global<int32_t>(instance, 2), INT32_MIN);
  EXPECT_EQ(global<int32_t>(instance, 3), 10);
  EXPECT_EQ(global<int64_t>(instance, 4), INT64_MAX);
  EXPECT_EQ(global<int64_t>(instance, 5), (1ll << 60) + 5);
  EXPECT_EQ(global<uint32_t>(instance, 6), 0x7FC00000u);
  EXPECT_EQ(global<uint64_t>(instance, 7), 0x0807060504030201u);
  EXPECT_EQ(global<V128>(instance, 8).bytes[15], 15);
}

TEST_F(InstantiateTest, DeepConstantExpressions) {
  // Ten thousand operands before the first sum.
  Bytes code;
  constexpr int kDepth = 10000;
  for (int i = 0; i < kDepth; ++i) code = std::move(code) + i32_const(1);
  for (int i = 1; i < kDepth; ++i) code.push_back(0x6A);
  ModuleBuilder builder;
  builder.global(global_type(kI32, false), code);
  EXPECT_EQ(global<int32_t>(instantiate(builder), 0), kDepth);
}

TEST_F(InstantiateTest, References) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  const uint32_t f = builder.func(0);
  builder.global(global_type(kFuncref, false), ref_func(f));
  builder.global(global_type(kFuncref, false), Bytes{0xD0, 0x70});
  builder.global(global_type(kFuncref, false), global_get(0));
  builder.global(global_type({0x6C}, false), i32_const(-3) + Bytes{0xFB, 0x1C});
  builder.table(Bytes{0x40, 0x00} + table_type(kFuncref, limits(0, 3)) + expr(ref_func(f)));
  Instance& instance = instantiate(builder);
  const auto expected = reinterpret_cast<Ref>(instance.func_ref(f));
  EXPECT_EQ(global<Ref>(instance, 0), expected);
  EXPECT_EQ(global<Ref>(instance, 1), 0u);
  EXPECT_EQ(global<Ref>(instance, 2), expected);
  EXPECT_EQ(global<Ref>(instance, 3) & 1, 1u);
  EXPECT_EQ(instance.tables[0]->elements[2], expected);
  EXPECT_EQ(instance.func_ref(f)->type, modules_.back()->type(0));
  EXPECT_EQ(instance.func_ref(f)->vmctx, &instance);
}

TEST_F(InstantiateTest, Objects) {
  ModuleBuilder builder;
  const Bytes any_field = kAnyref + Bytes{0};
  builder.type(Bytes{0x5F, 2} + kI64 + Bytes{0} + any_field);
  builder.type(Bytes{0x5E} + any_field);
  const Bytes object = i64_const(-7) + i32_const(5) + Bytes{0xFB, 0x1C} + Bytes{0xFB, 0x00, 0x00};
  builder.global(global_type(ref(0), false), object);
  // array.new_fixed of a struct and the global's; struct.new_default; array.new of null.
  builder.global(global_type(ref(1), false),
                 object + global_get(0) + Bytes{0xFB, 0x08, 0x01, 0x02});
  builder.global(global_type(ref(0), false), Bytes{0xFB, 0x01, 0x00});
  builder.global(global_type(ref(1), false),
                 Bytes{0xD0, 0x6E} + i32_const(3) + Bytes{0xFB, 0x06, 0x01});
  Instance& instance = instantiate(builder);
  store_->heap().collect();
  Object* made = object_of(global<Ref>(instance, 0));
  EXPECT_EQ(made->type, modules_.back()->type(0));
  EXPECT_EQ(load_unaligned<int64_t>(field_of(made, made->type->offsets[0])), -7);
  EXPECT_EQ(load_unaligned<Ref>(field_of(made, made->type->offsets[1])), make_i31(5));
  auto* array = static_cast<ArrayObject*>(object_of(global<Ref>(instance, 1)));
  ASSERT_EQ(array->length, 2u);
  EXPECT_EQ(load_unaligned<Ref>(element_of(array, 1)), ref_of(made));
  EXPECT_NE(load_unaligned<Ref>(element_of(array, 0)), ref_of(made));
  Object* defaults = object_of(global<Ref>(instance, 2));
  EXPECT_EQ(load_unaligned<Ref>(field_of(defaults, defaults->type->offsets[1])), 0u);
  EXPECT_EQ(static_cast<ArrayObject*>(object_of(global<Ref>(instance, 3)))->length, 3u);
}

TEST_F(InstantiateTest, FunctionsAreBoundWhenAskedFor) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  for (int i = 0; i < 50000; ++i) builder.func(0);
  const int before = TestBackend::bound;
  Instance& instance = instantiate(builder);
  EXPECT_EQ(TestBackend::bound, before);
  const FuncRef* ref = instance.func_ref(40000);
  EXPECT_EQ(instance.func_ref(40000), ref);
  EXPECT_EQ(TestBackend::bound, before + 1);
}

TEST_F(InstantiateTest, SegmentsAreCopied) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  const uint32_t f = builder.func(0), g = builder.func(0);
  builder.memory(limits(0, 1));
  builder.table(table_type(kFuncref, limits(0, 4)));
  builder.global(global_type(kI32, false), i32_const(2));
  builder.data(active_data(i32_const(1), "abc"));
  builder.data(active_data(i32_const(65534), "yz"));
  builder.data(active_data(global_get(0), "B"));
  builder.elem(active_funcs(i32_const(1), {f, g}));
  builder.elem(Bytes{4} + expr(global_get(0)) +
               vector({expr(ref_func(f)), expr(Bytes{0xD0, 0x70})}));
  Instance& instance = instantiate(builder);
  EXPECT_EQ(std::memcmp(instance.memories[0]->resolve(0, 5), "\0aBc", 5), 0);
  EXPECT_EQ(std::memcmp(instance.memories[0]->resolve(65534, 2), "yz", 2), 0);
  const auto ref_to = [&](uint32_t index) {
    return reinterpret_cast<Ref>(instance.func_ref(index));
  };
  const Ref* elements = instance.tables[0]->elements;
  EXPECT_EQ(std::vector<Ref>(elements, elements + 4),
            (std::vector<Ref>{0, ref_to(f), ref_to(f), 0}));
  // Active segments are used up.
  EXPECT_EQ(instance.memory_init(0, 0, 0, 0, 1), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(instance.table_init(0, 0, 0, 0, 1), TrapKind::out_of_bounds_table_access);
}

TEST_F(InstantiateTest, SegmentsOutOfBoundsTrapAndKeepWhatWasWrittenBefore) {
  Memory* memory = *store_->host_memory({.limits = {.min = 1}});
  Table* table = *store_->host_table({val::funcref, {.min = 2}}, 0);
  std::vector<Extern> imports(2);
  imports[0].kind = ExternKind::memory;
  imports[0].memory = memory;
  imports[1].kind = ExternKind::table;
  imports[1].table = table;
  const auto make = [](const Bytes& data_offset, const Bytes& elem_offset) {
    ModuleBuilder builder;
    builder.type(func_type({}, {}));
    builder.import("m", "m", ExternKind::memory, limits(0, 1));
    builder.import("m", "t", ExternKind::table, table_type(kFuncref, limits(0, 1)));
    const uint32_t f = builder.func(0);
    builder.elem(active_funcs(i32_const(0), {f}));
    builder.elem(active_funcs(elem_offset, {f}));
    builder.data(active_data(i32_const(10), "first"));
    builder.data(active_data(data_offset, "second"));
    builder.data(active_data(i32_const(20), "third"));
    return builder;
  };
  for (const int32_t offset : {65531, 65536, -1, INT32_MIN}) {
    std::memset(memory->resolve(0, 65536), 0, 65536);
    Outcome outcome{};
    ASSERT_TRUE(try_instantiate(make(i32_const(offset), i32_const(1)), outcome, imports));
    EXPECT_EQ(outcome, Outcome::trap);
    EXPECT_EQ(store_->trap.kind, TrapKind::out_of_bounds_memory_access);
    EXPECT_TRUE(store_->trap.has_address);
    EXPECT_EQ(store_->trap.address, static_cast<uint32_t>(offset));
    EXPECT_EQ(store_->trap.length, 6u);
    EXPECT_EQ(store_->trap.bound, 65536u);
    EXPECT_EQ(*memory->resolve(10, 1), 'f');
    EXPECT_EQ(*memory->resolve(20, 1), 0);
    EXPECT_EQ(*memory->resolve(65535, 1), 0);
  }
  Outcome outcome{};
  ASSERT_TRUE(try_instantiate(make(i32_const(0), i32_const(2)), outcome, imports));
  EXPECT_EQ(outcome, Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::out_of_bounds_table_access);
  // The function of the instance that failed can still be called.
  EXPECT_EQ(call(*store_, reinterpret_cast<const FuncRef*>(table->elements[0]), nullptr),
            Outcome::ok);
}

TEST_F(InstantiateTest, EmptySegmentsMayLieAtTheEnd) {
  ModuleBuilder builder;
  builder.memory(limits(0, 1));
  builder.table(table_type(kFuncref, limits(0, 1)));
  builder.data(active_data(i32_const(65536), ""));
  builder.elem(active_funcs(i32_const(1), {}));
  instantiate(builder);
  builder.data(active_data(i32_const(65537), ""));
  Outcome outcome{};
  ASSERT_TRUE(try_instantiate(builder, outcome));
  EXPECT_EQ(outcome, Outcome::trap);
}

TEST_F(InstantiateTest, WideOffsets) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  builder.memory(limits(4, 1));
  builder.table(table_type(kFuncref, limits(4, 1)));
  builder.data(active_data(i64_const(-1), "x"));
  Outcome outcome{};
  ASSERT_TRUE(try_instantiate(builder, outcome));
  EXPECT_EQ(outcome, Outcome::trap);
  EXPECT_EQ(store_->trap.address, UINT64_MAX);
}

TEST_F(InstantiateTest, StartFunction) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  builder.func(0);
  builder.start(builder.func(0));
  Instance& instance = instantiate(builder);
  std::vector<FuncIndex> called;
  TestBackend::body = [&](Instance&, FuncIndex index, Cell*) {
    called.push_back(index);
    return Outcome::ok;
  };
  EXPECT_EQ(run_start(instance), Outcome::ok);
  EXPECT_EQ(called, std::vector<FuncIndex>{1});
  TestBackend::body = [&](Instance& in, FuncIndex, Cell*) {
    return in.owner().raise(TrapKind::unreachable);
  };
  EXPECT_EQ(run_start(instance), Outcome::trap);
  EXPECT_EQ(store_->trap.trace.count, 1u);
}

TEST_F(InstantiateTest, ManyFilledElementsAreRefused) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  const uint32_t f = builder.func(0);
  for (int i = 0; i < 5; ++i)
    builder.table(Bytes{0x40, 0x00} + table_type(kFuncref, limits(0, 1'000'000)) +
                  expr(ref_func(f)));
  Outcome outcome{};
  EXPECT_EQ(try_instantiate(builder, outcome).error().code, ErrorCode::table_limit);
}

class LimitsTest : public RuntimeTest {
 protected:
  LimitsTest()
      : RuntimeTest(StoreLimits{.memory_bytes = 131072, .table_elements = 10, .instances = 2}) {}
};

TEST_F(LimitsTest, Hold) {
  Outcome outcome{};
  ModuleBuilder memory;
  memory.memory(limits(0, 3));
  EXPECT_EQ(runtime::instantiate(*store_, load(memory), {}, outcome).error().code,
            ErrorCode::memory_limit);
  ModuleBuilder table;
  table.table(table_type(kFuncref, limits(0, 11)));
  EXPECT_EQ(runtime::instantiate(*store_, load(table), {}, outcome).error().code,
            ErrorCode::table_limit);
  ModuleBuilder fits;
  fits.memory(limits(0, 1));
  fits.table(table_type(kFuncref, limits(0, 1)));
  Instance& instance = instantiate(fits);
  EXPECT_EQ(instance.memories[0]->grow(2), -1);
  EXPECT_EQ(instance.memories[0]->grow(1), 1);
  EXPECT_EQ(instance.tables[0]->grow(10, 0), -1);
  EXPECT_EQ(instance.tables[0]->grow(9, 0), 1);
  instantiate(fits);
  EXPECT_EQ(runtime::instantiate(*store_, load(fits), {}, outcome).error().code,
            ErrorCode::limit_exceeded);
}

TEST(StoreLimitsTest, AStackThatCannotBeIsAnError) {
  Engine engine(platform::default_allocator(), {}, TestBackend::get());
  for (uint64_t bytes : {uint64_t{0}, kUnlimited, uint64_t{1} << 60})
    EXPECT_EQ(Store::make(engine, {.stack_bytes = bytes}).error().code, ErrorCode::stack_too_small);
}

} // namespace
} // namespace waxwing::runtime
