// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <chrono>

#include "support/counting_allocator.hpp"
#include "support/module_bytes.hpp"
#include "text/parse.hpp"
#include "wasm/module.hpp"

namespace waxwing {
namespace {

using namespace testing;

constexpr FeatureSet kAll = FeatureSet::defaults();

struct Checked {
  CountingAllocator counting;
  Bytes bytes;
  Module module{counting.allocator()};
  Result<void> result;

  explicit Checked(Bytes from) : bytes(std::move(from)) {
    result = decode(bytes, kAll, module);
    if (result) result = validate_declarations(module);
  }
  explicit Checked(const char* text) : Checked(text::parse_module(text)->bytes) {}
  [[nodiscard]] TypeIndex canonical(TypeIndex index) const { return module.types[index].canonical; }
};

TEST(Types, EqualGroupsHaveOneRepresentative) {
  const Checked checked(R"((module
    (type (func (param i32)))                                                   ;; 0
    (type (func (param i32)))                                                   ;; 1
    (rec (type (struct (field (ref 2)))) (type (func (param (ref 2) (ref 0))))) ;; 2 3
    (rec (type (struct (field (ref 4)))) (type (func (param (ref 4) (ref 1))))) ;; 4 5
    (rec (type (struct (field (ref 6)))))                                       ;; 6
    (type (func (result i32)))                                                  ;; 7
    (type (sub (func (param i32))))                                             ;; 8
    (rec (type (func (param i32))) (type (func (param i32))))                   ;; 9 10
  ))");
  ASSERT_TRUE(checked.result);
  EXPECT_EQ(checked.canonical(1), 0u);
  EXPECT_EQ(checked.canonical(4), 2u);
  EXPECT_EQ(checked.canonical(5), 3u);
  EXPECT_EQ(checked.canonical(6), 6u);
  EXPECT_EQ(checked.canonical(7), 7u);
  EXPECT_EQ(checked.canonical(8), 8u);
  EXPECT_EQ(checked.canonical(9), 9u);
  EXPECT_EQ(checked.canonical(10), 10u);
}

TEST(Types, ReferencesInsideAndOutsideAGroupDiffer) {
  // The second group refers to the first one's type where that one refers to itself.
  const Checked checked(R"((module
    (rec (type (struct (field (ref null 0)))))
    (rec (type (struct (field (ref null 0)))))
    (rec (type (struct (field (ref null 2)))))
    (rec (type (struct (field (ref 3)))))))");
  ASSERT_TRUE(checked.result);
  EXPECT_EQ(checked.canonical(1), 1u);
  EXPECT_EQ(checked.canonical(2), 0u);
  EXPECT_EQ(checked.canonical(3), 3u);
}

TEST(Types, Matching) {
  const Checked checked(R"((module
    (type $a (sub (struct (field i32))))
    (type $b (sub $a (struct (field i32) (field i64))))
    (type $c (sub $b (struct (field i32) (field i64) (field anyref))))
    (type $f (func))
    (type $v (array i8))
    (type $b2 (sub $a (struct (field i32) (field i64))))))");
  ASSERT_TRUE(checked.result);
  const Module& m = checked.module;
  const auto type = [](TypeIndex i) { return HeapType::concrete(i); };
  EXPECT_EQ(m.types[2].depth, 2);
  EXPECT_TRUE(matches(m, type(2), type(0)));
  EXPECT_FALSE(matches(m, type(0), type(2)));
  EXPECT_TRUE(matches(m, type(5), type(1)));
  EXPECT_TRUE(matches(m, type(2), type(5)));
  EXPECT_TRUE(matches(m, type(2), heap::struct_));
  EXPECT_TRUE(matches(m, type(2), heap::any));
  EXPECT_FALSE(matches(m, type(2), heap::array));
  EXPECT_TRUE(matches(m, type(4), heap::eq));
  EXPECT_FALSE(matches(m, type(3), heap::any));
  EXPECT_TRUE(matches(m, heap::none, type(0)));
  EXPECT_FALSE(matches(m, heap::none, type(3)));
  EXPECT_TRUE(matches(m, heap::nofunc, type(3)));
  EXPECT_FALSE(matches(m, heap::i31, type(0)));

  const HeapType ordered[] = {heap::any,     heap::eq,       heap::i31,  heap::struct_,
                              heap::array,   heap::none,     heap::func, heap::nofunc,
                              heap::extern_, heap::noextern, heap::exn,  heap::noexn};
  int pairs = 0;
  for (HeapType sub : ordered)
    for (HeapType super : ordered) pairs += matches(m, sub, super);
  // Twelve with themselves, eleven below any and eq and their like, three bottoms.
  EXPECT_EQ(pairs, 12 + 5 + 4 + 3 + 3);

  EXPECT_TRUE(matches(m, ValType::ref(type(1), false), ValType::ref(type(0), true)));
  EXPECT_FALSE(matches(m, ValType::ref(type(1), true), ValType::ref(type(0), false)));
  EXPECT_TRUE(matches(m, val::bottom, val::i32));
  EXPECT_FALSE(matches(m, val::i32, val::i64));
  EXPECT_FALSE(matches(m, val::i32, val::funcref));
  EXPECT_FALSE(matches(m, val::i8, val::i16));
}

TEST(Types, WhatIsNoSupertype) {
  const auto error = [](const char* text) {
    const Checked checked(text);
    EXPECT_FALSE(checked.result.has_value()) << text;
    return checked.result ? Error{} : checked.result.error();
  };
  EXPECT_EQ(error("(module (type (func)) (type (sub 0 (func))))").code, ErrorCode::sub_type);
  EXPECT_EQ(error("(module (type (sub (func))) (type (sub 0 (struct))))").code,
            ErrorCode::sub_type);
  EXPECT_EQ(error("(module (type (sub (struct (field i32)))) (type (sub 0 (struct))))").code,
            ErrorCode::sub_type);
  EXPECT_EQ(error("(module (type (sub (struct (field (mut anyref))))) (type (sub 0 (struct (field "
                  "(mut eqref))))))")
                .code,
            ErrorCode::sub_type);
  EXPECT_EQ(error("(module (rec (type (sub 1 (func))) (type (sub (func)))))").code,
            ErrorCode::unknown_type);
  EXPECT_EQ(error("(module (type (sub 0 (func))))").code, ErrorCode::unknown_type);
  EXPECT_EQ(error("(module (type (func (param (ref 1)))) (type (func)))"),
            (Error{ErrorCode::unknown_type, 0, 11, 1, 1}));
}

Bytes chain(size_t length, bool in_one_group) {
  Bytes types;
  for (size_t i = 0; i < length; ++i)
    types =
        std::move(types) + (i == 0 ? Bytes{0x50, 0} : Bytes{0x50, 1} + leb(i - 1)) + Bytes{0x5F, 0};
  return preamble() + section(1, (in_one_group ? Bytes{1, 0x4E} : Bytes{}) + leb(length) + types);
}

TEST(Types, ChainsAreShort) {
  for (bool in_one_group : {false, true}) {
    EXPECT_TRUE(Checked(chain(64, in_one_group)).result);
    const Checked checked(chain(65, in_one_group));
    ASSERT_FALSE(checked.result);
    EXPECT_EQ(checked.result.error().code, ErrorCode::limit_exceeded);
    EXPECT_FALSE(Checked(chain(20000, in_one_group)).result);
  }
}

/// Seconds of `what`; the bounds are ten times what an old machine needs.
template <class What>
double seconds(What what) {
  const auto start = std::chrono::steady_clock::now();
  what();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(Types, ManyTypesTakeLinearTime) {
  const size_t count = 200'000;
  // All equal; all different, each with the one before; one ring.
  const Bytes equal = preamble() + section(1, leb(count) + Bytes{0x60, 1, 0x7F, 0} * count);
  Bytes different = leb(count);
  Bytes ring = Bytes{1, 0x4E} + leb(count);
  for (size_t i = 0; i < count; ++i) {
    for (uint8_t byte :
         i == 0 ? Bytes{0x5F, 0} : Bytes{0x5F, 1, 0x64} + signed_leb(i - 1) + Bytes{0})
      different.push_back(byte);
    for (uint8_t byte : Bytes{0x5F, 1, 0x63} + signed_leb((i + 1) % count) + Bytes{0})
      ring.push_back(byte);
  }
  for (const Bytes& bytes :
       {equal, preamble() + section(1, different), preamble() + section(1, ring)}) {
    const double time = seconds([&] {
      const Checked checked(bytes);
      EXPECT_TRUE(checked.result);
      EXPECT_LT(checked.counting.peak(), bytes.size() * 60);
    });
    EXPECT_LT(time, 5.0);
  }
}

TEST(Types, TwoEqualRingsAreFoundEqual) {
  const size_t count = 1000;
  Bytes groups = {2};
  for (size_t ring = 0; ring < 2; ++ring) {
    groups = groups + Bytes{0x4E} + leb(count);
    for (size_t i = 0; i < count; ++i)
      groups =
          groups + Bytes{0x5F, 1, 0x63} + signed_leb(ring * count + (i + 1) % count) + Bytes{0};
  }
  const Checked checked(preamble() + section(1, groups));
  ASSERT_TRUE(checked.result);
  EXPECT_EQ(checked.canonical(count + 7), 7u);
}

} // namespace
} // namespace waxwing
