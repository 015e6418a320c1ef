// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/gc/heap.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "support/counting_allocator.hpp"
#include "unit/runtime_fixture.hpp"

namespace waxwing::runtime {
namespace {

using namespace testing;

Bytes field(const Bytes& type, bool mutable_ = true) {
  return type + Bytes{static_cast<uint8_t>(mutable_)};
}
Bytes struct_type(const std::vector<Bytes>& fields) { return Bytes{0x5F} + vector(fields); }
Bytes array_type(const Bytes& element) { return Bytes{0x5E} + element; }

/// Types: 0 a node of two references, 1 an array of references, 2 an array of bytes, 3 a struct of
/// plain values, 4 the type of an exception's tag.
ModuleBuilder types() {
  ModuleBuilder m;
  m.type(struct_type({field(kAnyref), field(kAnyref)}));
  m.type(array_type(field(kAnyref)));
  m.type(array_type(field({0x78})));
  m.type(struct_type({field({0x78}), field(kI64), field({0x77}), field(kV128), field(kFuncref),
                      field(kExternref)}));
  m.type(func_type({kI32, kAnyref, kFuncref}, {}));
  return m;
}

class HeapTest : public RuntimeTest {
 protected:
  explicit HeapTest(const StoreLimits& limits = {})
      : RuntimeTest(limits), module_(load(types())), heap_(store_->heap()) {}

  [[nodiscard]] Ref node(Ref first = 0, Ref second = 0) {
    StructObject* made = heap_.new_struct(*module_.type(0));
    if (made == nullptr) return 0;
    set(ref_of(made), 0, first);
    set(ref_of(made), 1, second);
    return ref_of(made);
  }
  static void set(Ref ref, size_t index, Ref value) {
    Object* object = object_of(ref);
    store_unaligned(field_of(object, object->type->offsets[index]), value);
  }
  static Ref get(Ref ref, size_t index) {
    Object* object = object_of(ref);
    return load_unaligned<Ref>(field_of(object, object->type->offsets[index]));
  }
  bool is_alive(Ref ref) { return heap_.find(ref) == object_of(ref); }

  LoadedModule& module_;
  Heap& heap_;
};

TEST_F(HeapTest, LaysFieldsOut) {
  const RuntimeType& mixed = *module_.type(3);
  constexpr uint32_t kWord = sizeof(void*);
  EXPECT_EQ(mixed.object, ObjectKind::struct_);
  const uint32_t expected[] = {kWord, align_up(kWord + 1, 8u), 0, 0, 0, 0};
  EXPECT_EQ(mixed.offsets[0], expected[0]);
  EXPECT_EQ(mixed.offsets[1], expected[1]);
  EXPECT_EQ(mixed.offsets[2], expected[1] + 8);
  EXPECT_EQ(mixed.offsets[3], expected[1] + 16);
  EXPECT_EQ(mixed.offsets[4], expected[1] + 32);
  EXPECT_EQ(mixed.offsets[5], expected[1] + 32 + kWord);
  EXPECT_EQ(mixed.object_size, expected[1] + 32 + 2 * kWord);
  // The reference to a function is none of the heap's.
  ASSERT_EQ(mixed.traced.size(), 1u);
  EXPECT_EQ(mixed.traced[0], mixed.offsets[5]);
  EXPECT_TRUE(module_.type(1)->traces_elements);
  EXPECT_FALSE(module_.type(2)->traces_elements);
  EXPECT_EQ(module_.type(2)->object_size, kWord + 4);
  EXPECT_EQ(module_.type(4)->object, ObjectKind::none);
}

TEST_F(HeapTest, ClassesFitTheirObjects) {
  for (size_t bytes = 1; bytes <= Space::kLargestSmall; ++bytes) {
    const size_t size = Space::size_of_class(Space::class_of(bytes));
    ASSERT_GT(size, bytes);
    ASSERT_EQ(size % 8, 0u);
    if (bytes > 15) ASSERT_LE(size, bytes + bytes / 4 + 8);
    ASSERT_EQ(Space::class_of(size - 1), Space::class_of(bytes));
  }
}

TEST_F(HeapTest, FindsEveryInteriorAddress) {
  std::vector<std::pair<Ref, size_t>> objects;
  for (const size_t bytes : std::initializer_list<size_t>{0, 1, 7, 8, 20, 100, 500, 1000, 2000,
                                                          2100, 16000, 16384, 100000, 0}) {
    ArrayObject* array = heap_.new_array(*module_.type(2), static_cast<uint32_t>(bytes));
    ASSERT_NE(array, nullptr);
    objects.emplace_back(ref_of(array), array->type->object_size + bytes);
  }
  std::set<Ref> starts;
  for (const auto& [ref, size] : objects) {
    ASSERT_TRUE(starts.insert(ref).second);
    for (size_t offset = 0; offset <= size; ++offset)
      ASSERT_EQ(heap_.find(ref + offset), object_of(ref)) << size << " + " << offset;
    ASSERT_NE(heap_.find(ref - 1), object_of(ref));
  }
  EXPECT_EQ(heap_.find(0), nullptr);
  EXPECT_EQ(heap_.find(UINTPTR_MAX), nullptr);
  int local = 0;
  EXPECT_EQ(heap_.find(reinterpret_cast<uintptr_t>(&local)), nullptr);
}

TEST_F(HeapTest, KeepsWhatIsReachableAndFreesTheRest) {
  Rooted root(heap_, node(node(), node(node())));
  const Ref dead = node();
  heap_.collect();
  EXPECT_TRUE(is_alive(root.get()));
  EXPECT_TRUE(is_alive(get(root.get(), 0)));
  EXPECT_TRUE(is_alive(get(get(root.get(), 1), 0)));
  EXPECT_FALSE(is_alive(dead));
  set(root.get(), 1, 0);
  const Ref first = get(root.get(), 0);
  heap_.collect();
  EXPECT_TRUE(is_alive(first));
  root.set(0);
  heap_.collect();
  EXPECT_EQ(heap_.used_bytes(), 0u);
}

TEST_F(HeapTest, CollectsCycles) {
  Rooted root(heap_, node());
  set(root.get(), 0, node(root.get(), root.get()));
  heap_.collect();
  EXPECT_TRUE(is_alive(get(root.get(), 0)));
  root.set(0);
  heap_.collect();
  EXPECT_EQ(heap_.used_bytes(), 0u);
}

TEST_F(HeapTest, ValuesThatAreNoObjectsAreLeftAlone) {
  Rooted root(heap_, node(make_i31(5), 0));
  Rooted number(heap_, make_i31(0xFFFFFFFF));
  heap_.collect();
  EXPECT_EQ(get(root.get(), 0), make_i31(5));
}

TEST_F(HeapTest, I31Wraps) {
  EXPECT_EQ(i31_signed(make_i31(0x7FFFFFFF)), -1);
  EXPECT_EQ(i31_unsigned(make_i31(0x7FFFFFFF)), 0x7FFFFFFFu);
  EXPECT_EQ(i31_signed(make_i31(0x40000000)), -0x40000000);
  EXPECT_EQ(make_i31(0x80000001), make_i31(1));
  EXPECT_TRUE(is_i31(make_i31(0)));
}

TEST_F(HeapTest, RootsComeAndGoInAnyOrder) {
  auto a = std::make_unique<Rooted>(heap_, node());
  auto b = std::make_unique<Rooted>(heap_, node());
  auto c = std::make_unique<Rooted>(heap_, node());
  const Ref refs[] = {a->get(), b->get(), c->get()};
  b.reset();
  heap_.collect();
  EXPECT_TRUE(is_alive(refs[0]) && is_alive(refs[2]) && !is_alive(refs[1]));
  c.reset();
  heap_.collect();
  EXPECT_TRUE(is_alive(refs[0]) && !is_alive(refs[2]));
  a.reset();
  heap_.collect();
  EXPECT_FALSE(is_alive(refs[0]));
}

TEST_F(HeapTest, ReadsTheValueStackConservatively) {
  Cell* const before = store_->stack_top;
  const Ref small = node();
  ArrayObject* large = heap_.new_array(*module_.type(2), 100000);
  // An address in the middle, one just behind the end, and one that is not aligned to a reference.
  auto* bytes = reinterpret_cast<uint8_t*>(before + 1);
  store_unaligned(bytes, small + 3);
  store_unaligned(bytes + 2 * sizeof(Ref), reinterpret_cast<uintptr_t>(element_of(large, 100000)));
  store_->stack_top = before + 1 + 4 * (sizeof(Ref) / sizeof(Cell));
  heap_.collect();
  EXPECT_TRUE(is_alive(small));
  EXPECT_TRUE(is_alive(ref_of(large)));
  store_->stack_top = before;
  heap_.collect();
  EXPECT_FALSE(is_alive(small));
  EXPECT_FALSE(is_alive(ref_of(large)));
}

TEST_F(HeapTest, TracesArraysOfAnyLength) {
  for (const uint32_t length : {1u, 255u, 256u, 257u, 5000u}) {
    ArrayObject* array = heap_.new_array(*module_.type(1), length);
    Rooted root(heap_, ref_of(array));
    for (uint32_t i = 0; i < length; ++i) store_unaligned(element_of(array, i), node());
    heap_.collect();
    for (uint32_t i = 0; i < length; ++i)
      ASSERT_TRUE(is_alive(load_unaligned<Ref>(element_of(array, i))));
  }
}

TEST_F(HeapTest, FollowsALongListWithoutRecursion) {
  Rooted head(heap_);
  for (int i = 0; i < 2'000'000; ++i) {
    const Ref made = node(head.get());
    ASSERT_NE(made, 0u);
    head.set(made);
  }
  heap_.collect();
  size_t count = 0;
  for (Ref at = head.get(); at != 0; at = get(at, 0)) ++count;
  EXPECT_EQ(count, 2'000'000u);
}

TEST_F(HeapTest, TracesTheArgumentsOfExceptions) {
  const Tag tag{module_.type(4)};
  Rooted root(heap_);
  ExceptionObject* exception = heap_.new_exception(tag);
  root.set(ref_of(exception));
  Cell* cell = exception->cells() + cells_of(val::i32);
  const Ref argument = node();
  store_cell(cell, argument);
  // An address that is not in the heap is allowed where a function belongs.
  store_cell(cell + cells_of(val::anyref), reinterpret_cast<Ref>(&tag));
  heap_.collect();
  EXPECT_TRUE(is_alive(root.get()));
  EXPECT_TRUE(is_alive(argument));
  EXPECT_EQ(exception->tag, &tag);
  // An exception in flight is alive too.
  root.set(0);
  store_->exception = ref_of(exception);
  heap_.collect();
  EXPECT_TRUE(is_alive(argument));
  store_->exception = 0;
  heap_.collect();
  EXPECT_FALSE(is_alive(argument));
}

TEST_F(HeapTest, CallsFinalizersOnce) {
  int counts[3] = {};
  const auto count = [](void* data) { ++*static_cast<int*>(data); };
  Rooted root(heap_);
  root.set(ref_of(heap_.new_host(&counts[0], count)));
  ASSERT_NE(heap_.new_host(&counts[1], count), nullptr);
  ASSERT_NE(heap_.new_host(&counts[2]), nullptr);
  heap_.collect();
  EXPECT_EQ(counts[0], 0);
  EXPECT_EQ(counts[1], 1);
  heap_.collect();
  EXPECT_EQ(counts[1], 1);
  EXPECT_EQ(static_cast<HostObject*>(object_of(root.get()))->data, &counts[0]);
  root.set(0);
  heap_.collect();
  EXPECT_EQ(counts[0], 1);
  EXPECT_EQ(counts[2], 0);
}

TEST_F(HeapTest, AStoreFinalizesWhatIsLeft) {
  int count = 0;
  Store* store = *Store::make(engine_, {});
  auto root = std::make_unique<Rooted>(store->heap());
  root->set(ref_of(store->heap().new_host(&count, [](void* data) { ++*static_cast<int*>(data); })));
  Store::destroy(store);
  EXPECT_EQ(count, 1);
  root.reset();
}

TEST_F(HeapTest, AFinalizerThatAllocatesGetsNothing) {
  struct Data {
    Heap* heap;
    const RuntimeType* type;
    bool refused;
  } data{&heap_, module_.type(0), false};
  ASSERT_NE(heap_.new_host(&data,
                           [](void* context) {
                             auto& d = *static_cast<Data*>(context);
                             d.refused = d.heap->new_struct(*d.type) == nullptr;
                             d.heap->collect();
                           }),
            nullptr);
  heap_.collect();
  EXPECT_TRUE(data.refused);
  EXPECT_NE(node(), 0u);
}

TEST_F(HeapTest, GivesMemoryBack) {
  const uint64_t floor = heap_.taken_bytes();
  {
    Rooted head(heap_);
    for (int i = 0; i < 1'000'000; ++i) head.set(node(head.get()));
    Rooted large(heap_, ref_of(heap_.new_array(*module_.type(2), 50'000'000)));
    // The array, and a million objects of which each takes nearly four words.
    EXPECT_GT(heap_.used_bytes(), 50'000'000u + 30'000'000u * sizeof(void*) / 8);
  }
  heap_.collect();
  EXPECT_EQ(heap_.used_bytes(), 0u);
  EXPECT_LE(heap_.taken_bytes(), floor + (8 << 20));
}

TEST_F(HeapTest, SurvivesRandomUse) {
  std::mt19937 random(1);
  constexpr size_t kRoots = 50;
  Rooted array(heap_, ref_of(heap_.new_array(*module_.type(1), kRoots)));
  const auto at = [&](size_t i) {
    return element_of(static_cast<ArrayObject*>(object_of(array.get())), static_cast<uint32_t>(i));
  };
  for (int i = 0; i < 200'000; ++i) {
    const size_t to = random() % kRoots;
    const Ref other = load_unaligned<Ref>(at(random() % kRoots));
    switch (random() % 4) {
    case 0: store_unaligned(at(to), node(other, make_i31(static_cast<uint32_t>(i)))); break;
    case 1: {
      const auto length = static_cast<uint32_t>(random() % (i % 100 == 0 ? 100'000 : 300));
      ArrayObject* bytes = heap_.new_array(*module_.type(2), length);
      ASSERT_NE(bytes, nullptr);
      for (uint32_t k = 0; k < length; ++k) ASSERT_EQ(*element_of(bytes, k), 0);
      std::memset(element_of(bytes, 0), 0xFF, length);
      store_unaligned(at(to), ref_of(bytes));
      break;
    }
    case 2: {
      ArrayObject* refs = heap_.new_array(*module_.type(1), 3);
      for (uint32_t k = 0; k < 3; ++k) {
        ASSERT_EQ(load_unaligned<Ref>(element_of(refs, k)), 0u);
        store_unaligned(element_of(refs, k), load_unaligned<Ref>(at(random() % kRoots)));
      }
      store_unaligned(at(to), ref_of(refs));
      break;
    }
    default: store_unaligned(at(to), Ref{0}); break;
    }
    if (random() % 1000 == 0) heap_.collect();
  }
}

class SmallHeapTest : public HeapTest {
 protected:
  SmallHeapTest() : HeapTest({.gc_heap_bytes = 1 << 20}) {}
};

TEST_F(SmallHeapTest, EndsAtItsLimit) {
  Rooted head(heap_);
  uint64_t count = 0;
  for (;; ++count) {
    const Ref made = node(head.get());
    if (made == 0) break;
    head.set(made);
  }
  // All of the limit is used, but for the heads of blocks and what cells are larger than nodes.
  const uint64_t cell = Space::size_of_class(Space::class_of(module_.type(0)->object_size));
  EXPECT_GT(count * cell, (1u << 20) * 9 / 10);
  EXPECT_LE(heap_.taken_bytes(), 1u << 20);
  EXPECT_GE(heap_.collections(), 1u);
  // And all of it can be used again.
  head.set(0);
  EXPECT_NE(node(), 0u);
  uint64_t again = 1;
  for (; again < count; ++again) {
    const Ref made = node(head.get());
    ASSERT_NE(made, 0u);
    head.set(made);
  }
}

TEST_F(SmallHeapTest, RefusesHugeArrays) {
  for (const uint32_t length : {1u << 20, 0x7FFFFFFFu, 0xFFFFFFFFu}) {
    EXPECT_EQ(heap_.new_array(*module_.type(1), length), nullptr);
    EXPECT_EQ(heap_.new_array(*module_.type(2), length), nullptr);
  }
  EXPECT_NE(heap_.new_array(*module_.type(2), 900'000), nullptr);
  EXPECT_NE(heap_.new_array(*module_.type(2), 900'000), nullptr);
  EXPECT_NE(node(), 0u);
}

TEST(HeapWithoutMemory, EveryRefusalIsAnswered) {
  // The heap's records come from the allocator; objects from the system.
  for (uint64_t n = 0;; ++n) {
    waxwing::testing::CountingAllocator counting(n);
    bool done = false;
    {
      Engine engine(counting.allocator(), {}, TestBackend::get());
      const Bytes bytes = types().finish();
      const auto loaded = LoadedModule::load(engine, bytes);
      if (!loaded) continue;
      if (const auto made = Store::make(engine, {}); made) {
        Heap& heap = (*made)->heap();
        Rooted head(heap);
        bool failed = false;
        for (int i = 0; i < 1000 && !failed; ++i) {
          // Arrays full of arrays want more places for work than there are without memory.
          ArrayObject* array = heap.new_array(*(*loaded)->type(1), 200);
          failed = array == nullptr;
          if (failed) break;
          for (uint32_t k = 0; k < 200; ++k) store_unaligned(element_of(array, k), head.get());
          head.set(ref_of(array));
          if (i % 100 == 0) heap.collect();
        }
        size_t length = 0;
        for (Ref at = head.get(); at != 0; ++length)
          at = load_unaligned<Ref>(element_of(static_cast<ArrayObject*>(object_of(at)), 199));
        if (!failed) EXPECT_EQ(length, 1000u);
        done = !failed && counting.refused() == 0;
        Store::destroy(*made);
      }
      (*loaded)->release();
    }
    EXPECT_EQ(counting.bytes(), 0u) << n;
    if (done) break;
    ASSERT_LT(n, 1000u);
  }
}

TEST(HeapWithoutMemory, WideObjectsAreMarkedWithoutWorkMemory) {
  // A tree wider than the places for work, with an allocator that refuses all of them.
  for (const bool refuses : {false, true}) {
    waxwing::testing::CountingAllocator counting;
    Allocator allocator{
        [](void* context, void* pointer, size_t old_size, size_t new_size,
           size_t alignment) -> void* {
          auto& [inner, refuse] = *static_cast<std::pair<Allocator, bool>*>(context);
          if (refuse && new_size > old_size) return nullptr;
          return inner.resize(inner.context, pointer, old_size, new_size, alignment);
        },
        nullptr};
    std::pair<Allocator, bool> state{counting.allocator(), false};
    allocator.context = &state;
    Engine engine(allocator, {}, TestBackend::get());
    const Bytes bytes = types().finish();
    LoadedModule* loaded = *LoadedModule::load(engine, bytes);
    Store* store = *Store::make(engine, {});
    Heap& heap = store->heap();
    {
      // Each object of the array has an array of its own, and so on.
      Rooted root(heap, ref_of(heap.new_array(*loaded->type(1), 300)));
      std::vector<Ref> all{root.get()};
      const auto fill = [&](auto& self, Ref ref, int depth) -> void {
        auto* array = static_cast<ArrayObject*>(object_of(ref));
        for (uint32_t i = 0; i < array->length; ++i) {
          ArrayObject* inner = heap.new_array(*loaded->type(1), depth == 0 ? 0 : 10);
          store_unaligned(element_of(array, i), ref_of(inner));
          all.push_back(ref_of(inner));
          if (depth != 0) self(self, ref_of(inner), depth - 1);
        }
      };
      fill(fill, root.get(), 2);
      state.second = refuses;
      heap.collect();
      state.second = false;
      for (const Ref ref : all) ASSERT_EQ(heap.find(ref), object_of(ref));
      heap.collect();
      for (const Ref ref : all) ASSERT_EQ(heap.find(ref), object_of(ref));
    }
    heap.collect();
    EXPECT_EQ(heap.used_bytes(), 0u);
    Store::destroy(store);
    loaded->release();
  }
}

} // namespace
} // namespace waxwing::runtime
