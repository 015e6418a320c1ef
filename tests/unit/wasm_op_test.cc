// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasm/op.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace waxwing {
namespace {

TEST(Op, EveryRowIsFoundByItsCode) {
  for (size_t i = 0; i < kOpCount; ++i) {
    const OpInfo& row = kOpInfo[i];
    EXPECT_EQ(find_op(row.prefix, row.code), static_cast<Op>(i)) << i;
  }
}

TEST(Op, RowsAreInOrderOfPrefixAndCode) {
  for (size_t i = 1; i < kOpCount; ++i) {
    const OpInfo& a = kOpInfo[i - 1];
    const OpInfo& b = kOpInfo[i];
    EXPECT_LT(a.prefix << 16 | a.code, b.prefix << 16 | b.code) << op_name(static_cast<Op>(i));
  }
}

TEST(Op, CodesOutsideTheTableAreNone) {
  size_t found = 0;
  for (unsigned prefix : {0x00u, 0xFBu, 0xFCu, 0xFDu, 0xFEu})
    for (uint32_t code = 0; code < 0x400; ++code)
      if (find_op(static_cast<uint8_t>(prefix), code) != kNoOp) ++found;
  EXPECT_EQ(found, kOpCount);
  EXPECT_EQ(find_op(0xFD, 0xFFFFFFFF), kNoOp);
  EXPECT_EQ(find_op(0x01, 0), kNoOp);
  EXPECT_EQ(find_op(0xFF, 0), kNoOp);
}

TEST(Op, EveryNameIsFound) {
  std::set<std::string_view> seen;
  for (size_t i = 0; i < kOpCount; ++i) {
    const std::string_view name = op_name(static_cast<Op>(i));
    const Op found = find_op_by_name(name);
    ASSERT_NE(found, kNoOp) << name;
    EXPECT_EQ(op_name(found), name);
    if (seen.insert(name).second) EXPECT_EQ(found, static_cast<Op>(i)) << name;
  }
  EXPECT_EQ(find_op_by_name("select"), Op::select_);
  EXPECT_EQ(find_op_by_name("ref.cast"), Op::ref_cast);
}

TEST(Op, OtherNamesAreNotFound) {
  for (std::string name : {"", "a", "zzz", "i32.ad", "i32.addd", "I32.add", "get_local"})
    EXPECT_EQ(find_op_by_name(name), kNoOp) << name;
  EXPECT_EQ(find_op_by_name(std::string("i32.add\0", 8)), kNoOp);
  EXPECT_TRUE(op_name(kNoOp).empty());
}

TEST(Op, SignaturesAreRead) {
  const OpInfo& cmpxchg = info(Op::i64_atomic_rmw_cmpxchg);
  EXPECT_EQ(cmpxchg.param_count, 3);
  EXPECT_EQ(cmpxchg.params[0], Letter::address);
  EXPECT_EQ(cmpxchg.params[2], Letter::i64);
  EXPECT_EQ(cmpxchg.result_count, 1);
  EXPECT_TRUE(info(Op::call).special);
  EXPECT_EQ(info(Op::i64_mul_wide_s).result_count, 2);
}

} // namespace
} // namespace waxwing
