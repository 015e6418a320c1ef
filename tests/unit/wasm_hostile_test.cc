// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules that are small or cheap to make and try to be expensive. The bounds of time are far above
// what the slowest build needs, and far below what anything worse than linear would take.
#include <gtest/gtest.h>

#include <chrono>

#include "support/counting_allocator.hpp"
#include "support/module_bytes.hpp"
#include "wasm/module.hpp"

namespace waxwing {
namespace {

using namespace testing;

struct Cost {
  Result<void> result;
  double seconds = 0;
  uint64_t peak = 0;
};

Cost cost_of(const Bytes& bytes) {
  Cost cost;
  CountingAllocator counting;
  const auto start = std::chrono::steady_clock::now();
  {
    Module module(counting.allocator());
    cost.result = decode(bytes, FeatureSet::defaults(), module);
    if (cost.result) cost.result = validate(module);
  }
  cost.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  cost.peak = counting.peak();
  EXPECT_EQ(counting.bytes(), 0u);
  return cost;
}

const Bytes kEnd = {0x0B};

TEST(Hostile, NestingAMillionDeep) {
  const size_t depth = 1'000'000;
  for (const Bytes& opening :
       {Bytes{0x02, 0x40}, Bytes{0x03, 0x40}, Bytes{0x41, 0, 0x04, 0x40}, Bytes{0x1F, 0x40, 0}}) {
    const Bytes bytes = functions({body(opening * depth + kEnd * (depth + 1))});
    const Cost closed = cost_of(bytes);
    EXPECT_TRUE(closed.result);
    EXPECT_LT(closed.seconds, 10);
    EXPECT_LT(closed.peak, bytes.size() * 40);
    const Cost open = cost_of(functions({body(opening * depth)}));
    ASSERT_FALSE(open.result);
    EXPECT_EQ(open.result.error().code, ErrorCode::unexpected_end_of_section);
    EXPECT_LT(open.seconds, 10);
  }
}

TEST(Hostile, FiftyThousandLocalsInManyFunctions) {
  const Bytes locals = Bytes{1} + leb(50000) + Bytes{0x7E};
  const Bytes with_locals = body(Bytes{0x20} + leb(49999) + Bytes{0x1A, 0x0B}, locals);
  const Cost cost = cost_of(functions(std::vector<Bytes>(100'000, with_locals)));
  EXPECT_TRUE(cost.result);
  EXPECT_LT(cost.seconds, 5);
  EXPECT_LT(cost.peak, uint64_t{8} << 20);
}

TEST(Hostile, FiftyThousandLocalsWithoutDefaults) {
  // (ref func): each function needs a bit a local.
  const Bytes locals = Bytes{1} + leb(50000) + Bytes{0x64, 0x70};
  const Cost cost = cost_of(functions(std::vector<Bytes>(10'000, body(kEnd, locals))));
  EXPECT_TRUE(cost.result);
  EXPECT_LT(cost.seconds, 5);
  EXPECT_LT(cost.peak, uint64_t{8} << 20);
}

TEST(Hostile, GroupsOfNoLocals) {
  const Bytes locals = leb(50000) + Bytes{0, 0x7F} * 50000;
  EXPECT_TRUE(cost_of(functions({body(kEnd, locals)})).result);
}

TEST(Hostile, OperandsByTheThousand) {
  // A call of two bytes pushes a thousand operands.
  const Bytes type = Bytes{0x60, 0} + leb(1000) + Bytes(1000, 0x7F);
  const Bytes bytes = preamble() + section(1, Bytes{2} + type + Bytes{0x60, 0, 0}) +
                      section(3, {2, 0, 1}) +
                      section(10, vector_of({body(Bytes{0x41, 0} * 1000 + kEnd),
                                             body(Bytes{0x10, 0} * 200'000 + kEnd)}));
  const Cost cost = cost_of(bytes);
  ASSERT_FALSE(cost.result);
  EXPECT_EQ(cost.result.error().code, ErrorCode::limit_exceeded);
  EXPECT_LT(cost.peak, uint64_t{32} << 20);
  EXPECT_LT(cost.seconds, 5);
}

TEST(Hostile, FixedArraysInUnreachableCode) {
  const Bytes bytes =
      preamble() + section(1, {2, 0x60, 0, 0, 0x5E, 0x7F, 1}) + section(3, {1, 0}) +
      section(10,
              vector_of({body(Bytes{0x00, 0xFB, 0x08, 1} + leb(UINT32_MAX) + Bytes{0x1A, 0x0B})}));
  const Cost cost = cost_of(bytes);
  ASSERT_FALSE(cost.result);
  EXPECT_EQ(cost.result.error().code, ErrorCode::limit_exceeded);
}

TEST(Hostile, LabelsTimesResults) {
  // 500 results through tables of labels that alternate between two blocks.
  const Bytes type = Bytes{0x60, 0} + leb(500) + Bytes(500, 0x7F);
  Bytes labels;
  for (size_t i = 0; i < 10'000; ++i) labels.push_back(static_cast<uint8_t>(i % 2));
  const Bytes table = Bytes{0x0E} + leb(labels.size() - 1) + labels;
  const Bytes bytes =
      preamble() + section(1, Bytes{1} + type) + section(3, {1, 0}) +
      section(10, vector_of({body(Bytes{0x02, 0} + Bytes{0x41, 0} * 501 + table + kEnd + kEnd)}));
  const Cost cost = cost_of(bytes);
  EXPECT_TRUE(cost.result);
  EXPECT_LT(cost.seconds, 5);
}

TEST(Hostile, ExportsWithLongEqualBeginnings) {
  const size_t count = 2000;
  Bytes exports = leb(count);
  for (size_t i = 0; i < count; ++i) {
    const Bytes item = name(std::string(1000, 'a') + std::to_string(i)) + Bytes{0, 0};
    exports.insert(exports.end(), item.begin(), item.end());
  }
  const Bytes bytes = preamble() + section(1, {1, 0x60, 0, 0}) + section(3, {1, 0}) +
                      section(7, exports) + section(10, {1, 2, 0, 0x0B});
  const Cost cost = cost_of(bytes);
  EXPECT_TRUE(cost.result);
  EXPECT_LT(cost.seconds, 5);
}

TEST(Hostile, MemoryIsBoundedByTheInput) {
  // The smallest of everything, many times.
  const size_t count = 20'000;
  const std::vector<Bytes> modules = {
      preamble() + section(1, leb(count) + Bytes{0x60, 0, 0} * count),
      preamble() + section(1, {1, 0x60, 0, 0}) + section(2, leb(count) + Bytes{0, 0, 0, 0} * count),
      preamble() + section(6, leb(count) + Bytes{0x7F, 0, 0x41, 0, 0x0B} * count),
      preamble() + section(9, leb(count) + Bytes{1, 0, 0} * count),
      preamble() + section(9, Bytes{1, 5, 0x70} + leb(count) + Bytes{0xD0, 0x70, 0x0B} * count),
      preamble() + section(11, leb(count) + Bytes{1, 0} * count),
      preamble() + section(0, {0}) * count,
  };
  for (size_t i = 0; i < modules.size(); ++i) {
    const Cost cost = cost_of(modules[i]);
    EXPECT_TRUE(cost.result) << i;
    EXPECT_LT(cost.peak, modules[i].size() * 64 + 4096) << i;
  }
}

TEST(Hostile, EveryByteOfASmallModuleChanged) {
  const Bytes good =
      preamble() + section(1, {2, 0x60, 1, 0x7F, 1, 0x7F, 0x5F, 1, 0x63, 1, 1}) +
      section(3, {1, 0}) + section(4, {1, 0x70, 0, 1}) + section(5, {1, 0, 1}) +
      section(6, {1, 0x7F, 1, 0x41, 0, 0x0B}) + section(7, Bytes{1} + name("e") + Bytes{0, 0}) +
      section(9, {1, 0, 0x41, 0, 0x0B, 1, 0}) + section(12, {1}) +
      section(10, vector_of({body({0x02, 0x7F, 0x20, 0,    0x28, 2,    0,    0x04, 0x7F, 0x41,
                                   1,    0x05, 0x23, 0,    0x0B, 0x0B, 0xD0, 1,    0xD1, 0x6A,
                                   0x20, 1,    0xFB, 0x02, 1,    0,    0x1A, 0x0B},
                                  {1, 1, 0x63, 1})})) +
      section(11, {1, 1, 1, 'x'});
  EXPECT_TRUE(cost_of(good).result);
  size_t accepted = 0;
  for (size_t i = 0; i < good.size(); ++i)
    for (unsigned value = 0; value < 256; ++value) {
      Bytes changed = good;
      changed[i] = static_cast<uint8_t>(value);
      const Cost cost = cost_of(changed);
      accepted += cost.result.has_value();
      if (!cost.result) EXPECT_LE(cost.result.error().offset, changed.size());
      EXPECT_LT(cost.peak, uint64_t{1} << 20);
    }
  EXPECT_GT(accepted, good.size());
}

} // namespace
} // namespace waxwing
