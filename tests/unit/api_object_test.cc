// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memories, tables, globals and objects of the host.
#include <array>
#include <cstring>
#include <memory>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

TEST(ApiObject, MemoriesOfAnInstanceByName) {
  World world;
  const Instance i = world.instance(R"((module
    (memory (export "memory") 1 3) (memory (export "second") 2)
    (data (i32.const 4) "text\00") (data (i32.const 65534) "ab")
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))))");
  Memory memory = expect(i.memory());
  EXPECT_EQ(memory.type(), (MemoryType{.min = 1, .max = 3}));
  EXPECT_EQ(expect(i.memory("second")).size_in_bytes(), 131072U);
  EXPECT_EQ(expect(memory.c_string(4)), "text");
  EXPECT_EQ(trap_of(memory.c_string(65534)), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(trap_of(memory.c_string(65536)), TrapKind::out_of_bounds_memory_access);
  expect(memory.store<uint32_t>(101, 0xCAFE));
  EXPECT_EQ(expect(i.func<uint32_t(uint32_t)>("load"))(101).value(), 0xCAFEU);
  EXPECT_EQ(expect(memory.load<uint32_t>(101)), 0xCAFEU);
  EXPECT_EQ(trap_of(memory.load<uint64_t>(65529)), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(trap_of(memory.load<uint8_t>(UINT64_MAX)), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(trap_of(memory.view<uint64_t>(0, UINT64_MAX / 8 + 2)),
            TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(trap_of(memory.view<uint32_t>(2, 1)), TrapKind::unaligned_atomic);
  EXPECT_EQ(expect(memory.view<uint16_t>(2, 4)).size(), 4U);

  std::array<std::byte, 8> bytes{};
  expect(memory.read(4, bytes));
  EXPECT_EQ(std::memcmp(bytes.data(), "text", 4), 0);
  EXPECT_EQ(trap_of(memory.write(65530, bytes)), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(expect(memory.load<char>(65534)), 'a') << "nothing is written in part";

  EXPECT_EQ(expect(memory.grow(2)), 1U);
  EXPECT_EQ(memory.bytes().size(), size_t{3} * 65536);
  EXPECT_EQ(error_of(memory.grow(1)).kind, ErrorKind::limit);
}

TEST(ApiObject, TheHostMakesWhatModulesImport) {
  World world;
  const Memory memory = expect(Memory::make(world.store, {.min = 1, .max = 2}));
  const Table table =
      expect(Table::make(world.store, {.element = ValueKind::funcref, .min = 2}, Value(Func())));
  Global global =
      expect(Global::make(world.store, {.type = ValueKind::i64, .is_mutable = true}, int64_t{5}));
  expect(world.linker.define("env", "memory", memory));
  expect(world.linker.define("env", "table", table));
  expect(world.linker.define("env", "global", global));
  const Instance i = world.instance(R"((module
    (import "env" "memory" (memory 1 2)) (import "env" "table" (table 2 funcref))
    (import "env" "global" (global $g (mut i64)))
    (data (i32.const 0) "!") (elem (i32.const 1) $add)
    (func $add (export "add") (global.set $g (i64.add (global.get $g) (i64.const 1))))))");
  EXPECT_TRUE(expect(i.func<void()>("add"))());
  EXPECT_EQ(global.get().i64(), 6);
  expect(global.set(int64_t{41}));
  EXPECT_EQ(error_of(global.set(1.0)).message, "expected i64, found f64");
  EXPECT_TRUE(expect(table.get(0)).is_null());
  EXPECT_TRUE(expect(table.get(1)).funcref().call());
  EXPECT_EQ(global.get().i64(), 42);
  EXPECT_EQ(static_cast<char>(memory.bytes()[0]), '!');

  EXPECT_EQ(error_of(Memory::make(world.store, {.min = 2, .max = 1})).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(Memory::make(world.store, {.min = 1, .page_size = 3})).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(Memory::make(world.store, {.min = 1, .shared = true})).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(Table::make(world.store, {.element = ValueKind::i32}, 1)).kind,
            ErrorKind::usage);
  World other;
  EXPECT_EQ(error_of(other.linker.define("env", "memory", memory)).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(other.linker.instance("env", i)).kind, ErrorKind::usage);
}

TEST(ApiObject, TablesCheckTypesAndBounds) {
  World world;
  const Instance i = world.instance(R"((module
    (type $f (func (result i32)))
    (func $one (export "one") (result i32) (i32.const 1))
    (table (export "t") 1 3 (ref null $f))
    (func (export "call") (param i32) (result i32)
      (call_ref $f (table.get (local.get 0))))))");
  Table table = expect(i.table("t"));
  const Func two = expect(make_func(world.store, [] { return 2; }));
  const Func other = expect(make_func(world.store, [] {}));
  expect(table.set(0, two));
  EXPECT_EQ(expect(i.func<int32_t(int32_t)>("call"))(0).value(), 2);
  EXPECT_EQ(error_of(table.set(0, other)).message, "a function of another type");
  EXPECT_EQ(error_of(table.set(0, 7)).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(table.set(1, two)).message, "element 1 of a table that has 1");
  EXPECT_EQ(error_of(table.get(1)).kind, ErrorKind::usage);
  EXPECT_EQ(expect(table.grow(2, expect(i.func("one")))), 1U);
  EXPECT_EQ(expect(i.func<int32_t(int32_t)>("call"))(2).value(), 1);
  EXPECT_EQ(error_of(table.grow(1, Value(Func()))).kind, ErrorKind::limit);
  EXPECT_EQ(table.size(), 3U);
}

TEST(ApiObject, ImmutableGlobalsStay) {
  World world;
  const Instance i = world.instance(R"((module
    (global (export "pi") f64 (f64.const 3.5)) (global (export "v") (mut v128) (v128.const i64x2 1 2))
    (global (export "r") (mut externref) (ref.null extern))))");
  Global pi = expect(i.global("pi"));
  EXPECT_EQ(pi.get().f64(), 3.5);
  EXPECT_EQ(error_of(pi.set(4.0)).message, "the global is immutable");
  Global vector = expect(i.global("v"));
  V128 value = vector.get().v128();
  EXPECT_EQ(value.bytes[8], 2);
  value.bytes[15] = 9;
  expect(vector.set(value));
  EXPECT_EQ(vector.get().v128(), value);
  Global reference = expect(i.global("r"));
  EXPECT_TRUE(reference.get().is_null());
  expect(reference.set(world.store.reference(std::string("kept"))));
  EXPECT_EQ(*world.store.get<std::string>(reference.get().externref()), "kept");
}

struct Counted {
  explicit Counted(int& lives) : count(&lives) { ++*count; }
  Counted(const Counted&) = delete;
  ~Counted() { --*count; }
  int* count;
};

TEST(ApiObject, HostObjectsPassThroughGuests) {
  int lives = 0;
  {
    World world;
    const Instance i = world.instance(R"((module
      (table $kept 1 externref)
      (func (export "keep") (param externref) (table.set $kept (i32.const 0) (local.get 0)))
      (func (export "give") (result externref) (table.get $kept (i32.const 0)))
      (func (export "is_null") (param externref) (result i32) (ref.is_null (local.get 0)))))");
    const ExternRef reference = world.store.reference(std::make_shared<Counted>(lives));
    EXPECT_EQ(lives, 1);
    expect(expect(i.func<void(ExternRef)>("keep"))(reference));
    const ExternRef back = expect(i.func<ExternRef()>("give"))().value();
    EXPECT_EQ(back, reference);
    EXPECT_NE(world.store.get<Counted>(back), nullptr);
    EXPECT_EQ(world.store.get<int>(back), nullptr) << "of another type";
    const auto is_null = expect(i.func<int32_t(ExternRef)>("is_null"));
    EXPECT_EQ(is_null(back).value(), 0);
    EXPECT_EQ(is_null(ExternRef()).value(), 1);

    world.store.release(back);
    EXPECT_EQ(lives, 0);
    EXPECT_EQ(world.store.get<Counted>(back), nullptr);
    // The number may be used again, but never for the one that a guest still holds.
    const ExternRef next = world.store.reference(std::make_shared<Counted>(lives));
    EXPECT_NE(next, back);
    EXPECT_EQ(world.store.get<Counted>(back), nullptr);
    world.store.release(back);
    EXPECT_EQ(lives, 1);
    for (const uint64_t word :
         {uint64_t{1}, uint64_t{2}, uint64_t{4}, UINT64_MAX, uint64_t{0x7FFFFFFE}})
      if (ExternRef(word) != next) EXPECT_EQ(world.store.get<Counted>(ExternRef(word)), nullptr);
  }
  EXPECT_EQ(lives, 0) << "the store ends its objects";
}

} // namespace
} // namespace waxwing::api_test
