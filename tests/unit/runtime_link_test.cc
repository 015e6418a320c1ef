// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What may stand for an import, and names.
#include <gtest/gtest.h>

#include "unit/runtime_fixture.hpp"

namespace waxwing::runtime {
namespace {

using namespace testing;

class LinkTest : public RuntimeTest {
 protected:
  LinkTest() : linker_(*store_) {}

  /// Imports one thing of the given description.
  Result<Instance*> import(std::string_view name, ExternKind kind, const Bytes& what,
                           const std::vector<Bytes>& types = {}) {
    ModuleBuilder builder;
    for (const Bytes& type : types) builder.type(type);
    builder.import("m", name, kind, what);
    Outcome outcome{};
    return linker_.instantiate(load(builder), outcome);
  }
  bool links(std::string_view name, ExternKind kind, const Bytes& what,
             const std::vector<Bytes>& types = {}) {
    const Result<Instance*> instance = import(name, kind, what, types);
    if (!instance) EXPECT_EQ(instance.error().code, ErrorCode::incompatible_import_type);
    return instance.has_value();
  }
  void provide(ModuleBuilder& builder) {
    ASSERT_TRUE(linker_.define_instance("m", instantiate(builder)).has_value());
  }
  static Bytes sub(const std::vector<uint32_t>& supers, const Bytes& type) {
    std::vector<Bytes> indices;
    for (uint32_t super : supers) indices.push_back(leb(super));
    return Bytes{0x50} + vector(indices) + type;
  }

  Linker linker_;
};

TEST_F(LinkTest, EveryKindStandsForItselfOnly) {
  ModuleBuilder builder;
  const uint32_t type = builder.type(func_type({}, {}));
  builder.export_("func", ExternKind::func, builder.func(type));
  builder.export_("table", ExternKind::table, builder.table(table_type(kFuncref, limits(0, 1))));
  builder.export_("memory", ExternKind::memory, builder.memory(limits(0, 1)));
  builder.export_("global", ExternKind::global,
                  builder.global(global_type(kI32, false), i32_const(1)));
  builder.export_("tag", ExternKind::tag, builder.tag(type));
  provide(builder);
  const char* names[] = {"func", "table", "memory", "global", "tag"};
  const Bytes descriptions[] = {leb(0), table_type(kFuncref, limits(0, 1)), limits(0, 1),
                                global_type(kI32, false), Bytes{0, 0}};
  for (size_t provided = 0; provided < 5; ++provided)
    for (size_t wanted = 0; wanted < 5; ++wanted)
      EXPECT_EQ(links(names[provided], static_cast<ExternKind>(wanted), descriptions[wanted],
                      {func_type({}, {})}),
                provided == wanted)
          << names[provided] << " as " << names[wanted];
}

TEST_F(LinkTest, FunctionsMatchByTheirType) {
  ModuleBuilder builder;
  builder.export_("f", ExternKind::func,
                  builder.func(builder.type(func_type({kI32}, {kI32})), i32_const(0)));
  provide(builder);
  EXPECT_TRUE(links("f", ExternKind::func, leb(0), {func_type({kI32}, {kI32})}));
  EXPECT_TRUE(links("f", ExternKind::func, leb(1), {func_type({}, {}), func_type({kI32}, {kI32})}));
  for (const Bytes& other : {func_type({}, {}), func_type({kI32}, {}), func_type({}, {kI32}),
                             func_type({kI64}, {kI32}), func_type({kI32}, {kI32, kI32})})
    EXPECT_FALSE(links("f", ExternKind::func, leb(0), {other}));
}

TEST_F(LinkTest, AFunctionOfASubtypeWillDo) {
  const Bytes base = sub({}, func_type({}, {}));
  const Bytes derived = sub({0}, func_type({}, {}));
  ModuleBuilder builder;
  builder.type(base);
  builder.type(derived);
  builder.export_("base", ExternKind::func, builder.func(0));
  builder.export_("derived", ExternKind::func, builder.func(1));
  provide(builder);
  EXPECT_TRUE(links("derived", ExternKind::func, leb(0), {base, derived}));
  EXPECT_TRUE(links("derived", ExternKind::func, leb(1), {base, derived}));
  EXPECT_TRUE(links("base", ExternKind::func, leb(0), {base, derived}));
  EXPECT_FALSE(links("base", ExternKind::func, leb(1), {base, derived}));
  EXPECT_FALSE(links("derived", ExternKind::func, leb(0), {func_type({}, {})}));
}

TEST_F(LinkTest, MemoriesMatchByTheirLimits) {
  ModuleBuilder builder;
  builder.export_("open", ExternKind::memory, builder.memory(limits(0, 2)));
  builder.export_("closed", ExternKind::memory, builder.memory(limits(1, 2, 4)));
  builder.export_("shared", ExternKind::memory, builder.memory(limits(3, 2, 4)));
  builder.export_("wide", ExternKind::memory, builder.memory(limits(4, 2)));
  builder.export_("bytes", ExternKind::memory, builder.memory(limits(8, 2) + leb(0)));
  provide(builder);
  const auto fits = [&](std::string_view name, const Bytes& wanted) {
    return links(name, ExternKind::memory, wanted);
  };
  EXPECT_TRUE(fits("open", limits(0, 0)));
  EXPECT_TRUE(fits("open", limits(0, 2)));
  EXPECT_FALSE(fits("open", limits(0, 3)));
  EXPECT_FALSE(fits("open", limits(1, 0, 100)));
  EXPECT_TRUE(fits("closed", limits(0, 1)));
  EXPECT_TRUE(fits("closed", limits(1, 2, 4)));
  EXPECT_TRUE(fits("closed", limits(1, 0, 5)));
  EXPECT_FALSE(fits("closed", limits(1, 2, 3)));
  EXPECT_FALSE(fits("closed", limits(3, 2, 4)));
  EXPECT_TRUE(fits("shared", limits(3, 2, 4)));
  EXPECT_FALSE(fits("shared", limits(1, 2, 4)));
  EXPECT_TRUE(fits("wide", limits(4, 2)));
  EXPECT_FALSE(fits("wide", limits(0, 2)));
  EXPECT_FALSE(fits("open", limits(4, 2)));
  EXPECT_TRUE(fits("bytes", limits(8, 2) + leb(0)));
  EXPECT_FALSE(fits("bytes", limits(0, 0)));
  EXPECT_FALSE(fits("open", limits(8, 0) + leb(0)));
}

TEST_F(LinkTest, GrowthCounts) {
  ModuleBuilder builder;
  builder.export_("memory", ExternKind::memory, builder.memory(limits(0, 1)));
  builder.export_("table", ExternKind::table, builder.table(table_type(kFuncref, limits(0, 1))));
  Instance& instance = instantiate(builder);
  ASSERT_TRUE(linker_.define_instance("m", instance).has_value());
  EXPECT_FALSE(links("memory", ExternKind::memory, limits(0, 2)));
  EXPECT_FALSE(links("table", ExternKind::table, table_type(kFuncref, limits(0, 2))));
  EXPECT_EQ(instance.memories[0]->grow(1), 1);
  EXPECT_EQ(instance.tables[0]->grow(1, 0), 1);
  EXPECT_TRUE(links("memory", ExternKind::memory, limits(0, 2)));
  EXPECT_TRUE(links("table", ExternKind::table, table_type(kFuncref, limits(0, 2))));
}

TEST_F(LinkTest, TablesMatchByElementAndLimits) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  builder.export_("funcs", ExternKind::table, builder.table(table_type(kFuncref, limits(1, 2, 4))));
  builder.export_("externs", ExternKind::table,
                  builder.table(table_type(kExternref, limits(0, 2))));
  builder.export_("typed", ExternKind::table, builder.table(table_type(ref_null(0), limits(0, 2))));
  builder.export_("wide", ExternKind::table, builder.table(table_type(kFuncref, limits(4, 2))));
  provide(builder);
  const auto fits = [&](std::string_view name, const Bytes& element, const Bytes& bounds) {
    return links(name, ExternKind::table, table_type(element, bounds),
                 {func_type({kI32}, {}), func_type({}, {})});
  };
  EXPECT_TRUE(fits("funcs", kFuncref, limits(0, 2)));
  EXPECT_TRUE(fits("funcs", kFuncref, limits(1, 2, 4)));
  EXPECT_FALSE(fits("funcs", kFuncref, limits(1, 2, 3)));
  EXPECT_FALSE(fits("funcs", kFuncref, limits(0, 3)));
  EXPECT_FALSE(fits("funcs", kExternref, limits(0, 2)));
  EXPECT_TRUE(fits("externs", kExternref, limits(0, 2)));
  EXPECT_TRUE(fits("typed", ref_null(1), limits(0, 2)));
  EXPECT_FALSE(fits("typed", ref_null(0), limits(0, 2)));
  // A table can be written: its element type may not be wider either.
  EXPECT_FALSE(fits("typed", kFuncref, limits(0, 2)));
  EXPECT_TRUE(fits("wide", kFuncref, limits(4, 2)));
  EXPECT_FALSE(fits("wide", kFuncref, limits(0, 2)));
}

TEST_F(LinkTest, GlobalsMatchByTypeAndMutability) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  const uint32_t f = builder.func(0);
  builder.export_("f", ExternKind::func, f);
  builder.export_("i32", ExternKind::global,
                  builder.global(global_type(kI32, false), i32_const(1)));
  builder.export_("var", ExternKind::global, builder.global(global_type(kI32, true), i32_const(1)));
  builder.export_("ref", ExternKind::global,
                  builder.global(global_type(ref(0), false), ref_func(f)));
  builder.export_("varref", ExternKind::global,
                  builder.global(global_type(ref(0), true), ref_func(f)));
  provide(builder);
  const auto fits = [&](std::string_view name, const Bytes& type, bool mutable_) {
    return links(name, ExternKind::global, global_type(type, mutable_), {func_type({}, {})});
  };
  EXPECT_TRUE(fits("i32", kI32, false));
  EXPECT_FALSE(fits("i32", kI64, false));
  EXPECT_FALSE(fits("i32", kI32, true));
  EXPECT_TRUE(fits("var", kI32, true));
  EXPECT_FALSE(fits("var", kI32, false));
  EXPECT_TRUE(fits("ref", ref(0), false));
  EXPECT_TRUE(fits("ref", ref_null(0), false));
  EXPECT_TRUE(fits("ref", kFuncref, false));
  EXPECT_FALSE(fits("ref", kExternref, false));
  EXPECT_TRUE(fits("varref", ref(0), true));
  EXPECT_FALSE(fits("varref", kFuncref, true));
  EXPECT_FALSE(fits("varref", ref_null(0), true));
}

TEST_F(LinkTest, TagsMatchByTheirType) {
  ModuleBuilder builder;
  builder.export_("t", ExternKind::tag, builder.tag(builder.type(func_type({kI32}, {}))));
  provide(builder);
  EXPECT_TRUE(links("t", ExternKind::tag, Bytes{0, 0}, {func_type({kI32}, {})}));
  EXPECT_FALSE(links("t", ExternKind::tag, Bytes{0, 0}, {func_type({kI64}, {})}));
}

TEST_F(LinkTest, ImportsShareWhatTheyName) {
  ModuleBuilder builder;
  const uint32_t type = builder.type(func_type({}, {}));
  builder.export_("f", ExternKind::func, builder.func(type));
  builder.export_("g", ExternKind::global, builder.global(global_type(kI32, true), i32_const(7)));
  builder.export_("t", ExternKind::tag, builder.tag(type));
  Instance& first = instantiate(builder);
  ASSERT_TRUE(linker_.define_instance("m", first).has_value());
  ModuleBuilder user;
  user.type(func_type({}, {}));
  user.import("m", "g", ExternKind::global, global_type(kI32, true));
  user.import("m", "f", ExternKind::func, leb(0));
  user.import("m", "t", ExternKind::tag, Bytes{0, 0});
  user.global(global_type(kI32, false), i32_const(8));
  Outcome outcome{};
  Instance& second = **linker_.instantiate(load(user), outcome);
  EXPECT_EQ(second.globals[0], first.globals[0]);
  EXPECT_EQ(second.globals[1], &second.own_globals[0]);
  EXPECT_EQ(second.func_ref(0), first.func_ref(0));
  EXPECT_EQ(second.tag(0), first.tag(0));
}

TEST_F(LinkTest, AMissingImportNamesItsIndex) {
  ModuleBuilder builder;
  builder.export_("a", ExternKind::memory, builder.memory(limits(0, 1)));
  provide(builder);
  ModuleBuilder user;
  user.import("m", "a", ExternKind::memory, limits(0, 1));
  user.import("m", "b", ExternKind::memory, limits(0, 1));
  Outcome outcome{};
  const Result<Instance*> instance = linker_.instantiate(load(user), outcome);
  EXPECT_EQ(instance.error(), (Error{.code = ErrorCode::unknown_import, .offset = 1}));
  // Without a linker: too few imports.
  Extern memory;
  ASSERT_TRUE(linker_.find("m", "a", memory));
  EXPECT_EQ(runtime::instantiate(*store_, load(user), {&memory, 1}, outcome).error(),
            (Error{.code = ErrorCode::unknown_import, .offset = 1}));
}

TEST_F(LinkTest, ManyNamesAndRedefinition) {
  constexpr uint32_t kCount = 5000;
  std::vector<Global*> globals;
  for (uint32_t i = 0; i < kCount; ++i) {
    globals.push_back(*store_->host_global({val::i32}, &i));
    Extern value;
    value.kind = ExternKind::global;
    value.global = globals[i];
    const std::string name = "name" + std::to_string(i / 2);
    ASSERT_TRUE(linker_.define(i % 2 != 0 ? "odd" : "even", name, value).has_value());
  }
  EXPECT_EQ(linker_.entries().size(), kCount);
  Extern found;
  for (uint32_t i = 0; i < kCount; ++i) {
    ASSERT_TRUE(linker_.find(i % 2 != 0 ? "odd" : "even", "name" + std::to_string(i / 2), found));
    ASSERT_EQ(found.global, globals[i]);
  }
  EXPECT_FALSE(linker_.find("odd", "name2500", found));
  EXPECT_FALSE(linker_.find("oddn", "ame1", found));
  found.global = globals[0];
  ASSERT_TRUE(linker_.define("odd", "name9", found).has_value());
  EXPECT_EQ(linker_.entries().size(), kCount);
  ASSERT_TRUE(linker_.find("odd", "name9", found));
  EXPECT_EQ(found.global, globals[0]);
}

TEST_F(LinkTest, ManyExports) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  constexpr uint32_t kCount = 3000;
  for (uint32_t i = 0; i < kCount; ++i) builder.func(0);
  for (uint32_t i = 0; i < kCount; ++i)
    builder.export_("f" + std::to_string(i), ExternKind::func, kCount - 1 - i);
  Instance& instance = instantiate(builder);
  for (uint32_t i = 0; i < kCount; ++i)
    ASSERT_EQ(exported(instance, "f" + std::to_string(i)).func, instance.func_ref(kCount - 1 - i));
  Extern none;
  EXPECT_FALSE(instance.find_export("f", none));
  EXPECT_FALSE(instance.find_export("", none));
}

} // namespace
} // namespace waxwing::runtime
