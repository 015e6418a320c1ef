// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/type_registry.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "unit/runtime_fixture.hpp"

namespace waxwing::runtime {
namespace {

using namespace testing;

class TypeRegistryTest : public RuntimeTest {
 protected:
  std::vector<const RuntimeType*> types(const std::vector<Bytes>& definitions) {
    ModuleBuilder builder;
    for (const Bytes& definition : definitions) builder.type(definition);
    const auto found = load(builder).types();
    return {found.begin(), found.end()};
  }
  static Bytes rec(const std::vector<Bytes>& group) { return Bytes{0x4E} + vector(group); }
  static Bytes sub(const std::vector<uint32_t>& supers, const Bytes& type) {
    std::vector<Bytes> indices;
    for (uint32_t super : supers) indices.push_back(leb(super));
    return Bytes{0x50} + vector(indices) + type;
  }
  static Bytes sub_final(const Bytes& type) { return Bytes{0x4F} + leb(0) + type; }
  static Bytes struct_type(const std::vector<Bytes>& fields) {
    return Bytes{0x5F} + vector(fields);
  }
  static Bytes field(const Bytes& type, bool mutable_ = false) {
    return type + Bytes{static_cast<uint8_t>(mutable_)};
  }
};

TEST_F(TypeRegistryTest, EqualTypesOfTwoModulesAreOne) {
  const auto a = types({func_type({kI32}, {kI64}), func_type({}, {})});
  const auto b = types({func_type({}, {}), func_type({kI32}, {kI64}), func_type({kI64}, {kI32})});
  EXPECT_EQ(a[0], b[1]);
  EXPECT_EQ(a[1], b[0]);
  EXPECT_NE(a[0], b[2]);
  EXPECT_EQ(engine_.types().type(a[0]->id), a[0]);
}

TEST_F(TypeRegistryTest, HostFunctionsShareTheTypes) {
  const auto a = types({func_type({kI32, kV128}, {kF64})});
  const ValType params[] = {val::i32, val::v128};
  const ValType results[] = {val::f64};
  EXPECT_EQ(*engine_.types().intern_function(params, results), a[0]);
}

TEST_F(TypeRegistryTest, CountsCells) {
  const auto a = types({func_type({kI32, kV128, kI64}, {kV128, kV128, kV128})});
  constexpr uint32_t kCell = kSlotBits / 8;
  EXPECT_EQ(a[0]->param_cells, (kCell == 8 ? 1 : 1) + 16 / kCell + 8 / kCell);
  EXPECT_EQ(a[0]->result_cells, 48 / kCell);
  EXPECT_EQ(a[0]->call_cells, 48 / kCell);
}

TEST_F(TypeRegistryTest, FinalityAndMutabilityTellTypesApart) {
  const auto a = types({struct_type({field(kI32)}), struct_type({field(kI32, true)}),
                        sub({}, struct_type({field(kI32)})), sub_final(struct_type({field(kI32)})),
                        struct_type({field({0x78})})});
  EXPECT_NE(a[0], a[1]);
  EXPECT_NE(a[0], a[2]);
  EXPECT_EQ(a[0], a[3]); // `sub final` without a supertype is what is meant when nothing is said
  EXPECT_NE(a[0], a[4]);
}

TEST_F(TypeRegistryTest, GroupsAreEqualAsAWhole) {
  const Bytes f = func_type({}, {});
  const Bytes s = struct_type({});
  const auto a = types({rec({f, s}), rec({f}), rec({s, f}), f});
  EXPECT_NE(a[0], a[2]); // the same structure in another group
  EXPECT_NE(a[0], a[4]);
  EXPECT_EQ(a[2], a[5]); // a group of one is the type by itself
  const auto b = types({s, rec({f, s})});
  EXPECT_EQ(b[1], a[0]);
  EXPECT_EQ(b[2], a[1]);
}

TEST_F(TypeRegistryTest, RecursiveTypesAreEqualAtAnyIndex) {
  // A list, alone and behind other types; and one whose tail is another list.
  const auto a = types({rec({struct_type({field(ref_null(0))})})});
  const auto b = types({func_type({}, {}), rec({struct_type({field(ref_null(1))})}),
                        rec({struct_type({field(ref_null(1))})})});
  EXPECT_EQ(a[0], b[1]);
  EXPECT_NE(b[1], b[2]);
  EXPECT_EQ(a[0]->fields[0].storage.heap_type().index(), a[0]->id);
}

TEST_F(TypeRegistryTest, MutuallyRecursiveTypes) {
  const auto a =
      types({rec({struct_type({field(ref_null(1))}), struct_type({field(ref_null(0))})})});
  const auto b =
      types({rec({struct_type({field(ref_null(1))}), struct_type({field(ref_null(0))})}),
             rec({struct_type({field(ref_null(2))}), struct_type({field(ref_null(2))})})});
  EXPECT_EQ(a[0], b[0]);
  EXPECT_EQ(a[1], b[1]);
  EXPECT_NE(b[2], a[0]);
}

TEST_F(TypeRegistryTest, DisplaysAnswerSubtyping) {
  const auto a = types({sub({}, struct_type({})), sub({0}, struct_type({field(kI32)})),
                        sub({1}, struct_type({field(kI32), field(kI64)})),
                        sub({0}, struct_type({field(kI64)}))});
  EXPECT_EQ(a[2]->depth, 2);
  EXPECT_TRUE(is_subtype(a[2], a[0]));
  EXPECT_TRUE(is_subtype(a[2], a[1]));
  EXPECT_TRUE(is_subtype(a[2], a[2]));
  EXPECT_FALSE(is_subtype(a[0], a[2]));
  EXPECT_FALSE(is_subtype(a[2], a[3]));
  EXPECT_FALSE(is_subtype(a[3], a[1]));
  const TypeRegistry& registry = engine_.types();
  const auto concrete = [&](size_t i) { return HeapType::concrete(a[i]->id); };
  EXPECT_TRUE(registry.matches(concrete(2), concrete(0)));
  EXPECT_FALSE(registry.matches(concrete(0), concrete(2)));
  EXPECT_TRUE(registry.matches(concrete(0), heap::struct_));
  EXPECT_TRUE(registry.matches(concrete(0), heap::eq));
  EXPECT_TRUE(registry.matches(concrete(0), heap::any));
  EXPECT_FALSE(registry.matches(concrete(0), heap::array));
  EXPECT_FALSE(registry.matches(concrete(0), heap::func));
  EXPECT_TRUE(registry.matches(heap::none, concrete(2)));
  EXPECT_FALSE(registry.matches(heap::nofunc, concrete(2)));
  EXPECT_FALSE(registry.matches(heap::struct_, concrete(0)));
}

TEST_F(TypeRegistryTest, AbstractTypes) {
  const TypeRegistry& registry = engine_.types();
  const HeapType all[] = {heap::noexn, heap::nofunc,  heap::noextern, heap::none,
                          heap::func,  heap::extern_, heap::any,      heap::eq,
                          heap::i31,   heap::struct_, heap::array,    heap::exn};
  int matching = 0;
  for (HeapType sub : all)
    for (HeapType super : all) matching += registry.matches(sub, super) ? 1 : 0;
  // 12 equal, 3 bottoms of two, none below 5, and i31, struct, array below eq, all four below any.
  EXPECT_EQ(matching, 12 + 3 + 5 + 3 + 4);
  EXPECT_TRUE(registry.matches(heap::i31, heap::eq));
  EXPECT_FALSE(registry.matches(heap::any, heap::extern_));
}

TEST_F(TypeRegistryTest, ReferencesMatchByNullability) {
  const TypeRegistry& registry = engine_.types();
  const ValType some = ValType::ref(heap::func, false);
  EXPECT_TRUE(registry.matches(some, val::funcref));
  EXPECT_FALSE(registry.matches(val::funcref, some));
  EXPECT_FALSE(registry.matches(val::i32, val::i64));
  EXPECT_TRUE(registry.matches(val::i32, val::i32));
  EXPECT_FALSE(registry.matches(val::i32, val::funcref));
}

TEST_F(TypeRegistryTest, ManyTypes) {
  ModuleBuilder builder;
  // Each has its own number of parameters in binary.
  const auto make = [](unsigned n) {
    std::vector<Bytes> params;
    for (unsigned bit = 0; bit < 12; ++bit) params.push_back((n >> bit & 1) != 0 ? kI32 : kI64);
    return func_type(params, {});
  };
  for (unsigned n = 0; n < 4096; ++n) builder.type(make(n));
  const auto first = load(builder).types();
  const auto second = load(builder).types();
  for (unsigned n = 0; n < 4096; ++n) {
    ASSERT_EQ(first[n], second[n]);
    ASSERT_EQ(engine_.types().type(first[n]->id), first[n]);
    ASSERT_EQ(first[n]->params[0], (n & 1) != 0 ? val::i32 : val::i64);
  }
}

TEST_F(TypeRegistryTest, ThreadsAgree) {
  ModuleBuilder builder;
  for (unsigned n = 0; n < 200; ++n) {
    builder.type(func_type(std::vector<Bytes>(n, kI32), {}));
    builder.type(rec({struct_type({field(ref_null(2 * n + 1)), field(n % 2 != 0 ? kI32 : kI64)})}));
  }
  const Bytes bytes = builder.finish();
  constexpr size_t kThreads = 8;
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      Module module(engine_.allocator());
      Vec<const RuntimeType*> types(engine_.allocator());
      if (!decode(bytes, engine_.config().features, module) || !validate(module) ||
          !engine_.types().intern(module, types))
        std::abort();
      for (const RuntimeType* type : types)
        if (engine_.types().type(type->id) != type) std::abort();
    });
  for (std::thread& thread : threads) thread.join();
  const auto a = load(builder).types();
  const auto b = load(builder).types();
  for (size_t i = 0; i < a.size(); ++i) ASSERT_EQ(a[i], b[i]);
}

/// Modules that come and go.
class TypeLifetimeTest : public TypeRegistryTest {
 protected:
  LoadedModule* load_alone(const std::vector<Bytes>& definitions) {
    ModuleBuilder builder;
    for (const Bytes& definition : definitions) builder.type(definition);
    kept_.push_back(std::make_unique<Bytes>(builder.finish()));
    return *LoadedModule::load(engine_, *kept_.back());
  }
  std::vector<std::unique_ptr<Bytes>> kept_;
};

TEST_F(TypeLifetimeTest, TypesEndWithTheirLastModule) {
  LoadedModule* a = load_alone({func_type({kI32}, {}), struct_type({field(kI64)})});
  LoadedModule* b = load_alone({struct_type({field(kI64)}), struct_type({})});
  EXPECT_EQ(engine_.types().size(), 3u);
  const RuntimeType* shared = a->type(1);
  EXPECT_EQ(b->type(0), shared);
  a->release();
  EXPECT_EQ(engine_.types().size(), 2u);
  EXPECT_EQ(engine_.types().type(shared->id), shared);
  b->release();
  EXPECT_EQ(engine_.types().size(), 0u);
}

TEST_F(TypeLifetimeTest, WhatIsMentionedStays) {
  // Of both modules the second type mentions the first, in a field and as its supertype; the same
  // module may mention a type many times.
  LoadedModule* a = load_alone({sub({}, struct_type({field(kI32)})),
                                sub({0}, struct_type({field(kI32), field(ref_null(0))})),
                                func_type({ref_null(1), ref_null(1)}, {ref_null(0)}),
                                func_type({ref_null(1), ref_null(1)}, {ref_null(0)})});
  EXPECT_EQ(engine_.types().size(), 3u);
  LoadedModule* b = load_alone({sub({}, struct_type({field(kI32)}))});
  EXPECT_EQ(engine_.types().size(), 3u);
  b->release();
  EXPECT_EQ(engine_.types().size(), 3u);
  EXPECT_TRUE(is_subtype(a->type(1), a->type(0)));
  a->release();
  EXPECT_EQ(engine_.types().size(), 0u);
}

TEST_F(TypeLifetimeTest, HostFunctionsKeepTheirs) {
  const ValType params[] = {val::i32};
  const RuntimeType* type = *engine_.types().intern_function(params, {});
  LoadedModule* a = load_alone({func_type({kI32}, {}), func_type({kI64}, {})});
  EXPECT_EQ(a->type(0), type);
  a->release();
  EXPECT_EQ(engine_.types().size(), 1u);
  EXPECT_EQ(engine_.types().type(type->id), type);
}

TEST_F(TypeLifetimeTest, NumbersAreUsedAgain) {
  uint32_t highest = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<LoadedModule*> modules;
    for (unsigned n = 0; n < 20; ++n) {
      const Bytes one = func_type(std::vector<Bytes>(n, kI32), {});
      modules.push_back(load_alone(
          {one, rec({one, struct_type({}), one}), struct_type({field(ref_null(n % 4))})}));
    }
    for (LoadedModule* module : modules)
      for (const RuntimeType* type : module->types()) {
        ASSERT_EQ(engine_.types().type(type->id), type);
        if (type->id > highest) highest = type->id;
      }
    // In an order of their own each time.
    while (!modules.empty()) {
      const size_t i = static_cast<size_t>(round) * 7 % modules.size();
      modules[i]->release();
      modules.erase(modules.begin() + static_cast<ptrdiff_t>(i));
      for (const LoadedModule* module : modules)
        for (const RuntimeType* type : module->types()) ASSERT_EQ(type->display[type->depth], type);
    }
    ASSERT_EQ(engine_.types().size(), 0u);
    kept_.clear();
  }
  EXPECT_LT(highest, 200u);
}

TEST_F(TypeLifetimeTest, LongChainsEndWithoutRecursion) {
  std::vector<Bytes> chain{struct_type({})};
  for (uint32_t n = 1; n < 100'000; ++n) chain.push_back(struct_type({field(ref_null(n - 1))}));
  LoadedModule* a = load_alone(chain);
  EXPECT_EQ(engine_.types().size(), 100'000u);
  a->release();
  EXPECT_EQ(engine_.types().size(), 0u);
}

TEST_F(TypeLifetimeTest, ThreadsLoadAndUnload) {
  ModuleBuilder builder;
  for (unsigned n = 0; n < 50; ++n)
    builder.type(rec({struct_type({field(ref_null(n)), field(n % 2 != 0 ? kI32 : kI64)})}));
  const Bytes bytes = builder.finish();
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const auto loaded = LoadedModule::load(engine_, bytes);
        if (!loaded) std::abort();
        for (const RuntimeType* type : (*loaded)->types())
          if (engine_.types().type(type->id) != type || type->fields.size() != 2) std::abort();
        (*loaded)->release();
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(engine_.types().size(), 0u);
}

} // namespace
} // namespace waxwing::runtime
