// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasm/instruction.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "base/utf8.hpp"

namespace waxwing {
namespace {

constexpr FeatureSet kAll = FeatureSet::defaults();

struct Read {
  Result<void> result;
  Instruction instruction;
  size_t left;
};

Read read(const std::vector<uint8_t>& bytes, FeatureSet features = kAll) {
  ByteReader reader(bytes, 100);
  Read read{{}, {}, 0};
  read.result = read_instruction(reader, features, read.instruction);
  read.left = reader.remaining();
  return read;
}

Error error(const std::vector<uint8_t>& bytes, FeatureSet features = kAll) {
  const Read r = read(bytes, features);
  EXPECT_FALSE(r.result.has_value());
  return r.result.has_value() ? Error{} : r.result.error();
}

FeatureSet without(Feature feature) {
  FeatureSet set = kAll;
  set.remove(feature);
  return set;
}

TEST(Instruction, ReadsImmediates) {
  Read r = read({0x41, 0x7F});
  ASSERT_TRUE(r.result);
  EXPECT_EQ(r.instruction.op, Op::i32_const);
  EXPECT_EQ(r.instruction.i32, -1);
  EXPECT_EQ(r.instruction.offset, 100u);
  EXPECT_EQ(r.left, 0u);

  r = read({0x11, 3, 2});
  EXPECT_EQ(r.instruction.x, 3u);
  EXPECT_EQ(r.instruction.y, 2u);

  const std::vector<uint8_t> table{0x0E, 2, 7, 8, 9, 0x0B};
  r = read(table);
  EXPECT_EQ(r.instruction.count, 2u);
  ASSERT_NE(r.instruction.vector, nullptr);
  EXPECT_EQ(r.instruction.vector[2], 9);
  EXPECT_EQ(r.left, 1u);

  r = read({0xFB, 0x18, 3, 1, 0x6E, 0x05});
  ASSERT_TRUE(r.result);
  EXPECT_EQ(r.instruction.x, 1u);
  EXPECT_EQ(r.instruction.cast.type, heap::any);
  EXPECT_EQ(r.instruction.cast.type2, HeapType::concrete(5));
  EXPECT_TRUE(r.instruction.cast.nullable);
  EXPECT_TRUE(r.instruction.cast.nullable2);

  r = read({0x1F, 0x40, 2, 1, 4, 5, 2, 6});
  ASSERT_TRUE(r.result);
  EXPECT_EQ(r.instruction.count, 2u);
  EXPECT_EQ(r.left, 0u);
}

TEST(Instruction, OverlongNumbers) {
  EXPECT_EQ(read({0x41, 0x80, 0x80, 0x80, 0x80, 0x00}).instruction.i32, 0);
  EXPECT_EQ(read({0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}).instruction.i32, -1);
  EXPECT_EQ(read({0x41, 0x80, 0x80, 0x80, 0x80, 0x78}).instruction.i32, INT32_MIN);
  EXPECT_EQ(error({0x41, 0x80, 0x80, 0x80, 0x80, 0x70}).code, ErrorCode::integer_too_large);
  EXPECT_EQ(error({0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}).code, ErrorCode::integer_too_large);
  EXPECT_EQ(error({0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}),
            (Error{ErrorCode::integer_representation_too_long, 0, 101, 0, 0}));
  EXPECT_EQ(read({0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}).instruction.x, UINT32_MAX);
  EXPECT_EQ(error({0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F}).code, ErrorCode::integer_too_large);
  EXPECT_EQ(
      read({0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F}).instruction.i64,
      INT64_MIN);
  EXPECT_EQ(error({0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7E}).code,
            ErrorCode::integer_too_large);
  const Error cut = error({0x41, 0x80});
  EXPECT_EQ(cut.code, ErrorCode::unexpected_end);
  EXPECT_EQ(cut.offset, 102u);
  // The code behind a prefix is a number of the same kind.
  EXPECT_EQ(read({0xFC, 0x80, 0x00}).instruction.op, Op::i32_trunc_sat_f32_s);
}

TEST(Instruction, MemoryArguments) {
  Read r = read({0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10});
  ASSERT_TRUE(r.result);
  EXPECT_EQ(r.instruction.memarg.align, 2u);
  EXPECT_EQ(r.instruction.memarg.offset, uint64_t{1} << 32);
  EXPECT_EQ(error({0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10}, without(Feature::memory64)).code,
            ErrorCode::integer_too_large);
  r = read({0x28, 66, 5, 9});
  EXPECT_EQ(r.instruction.memarg.align, 2u);
  EXPECT_EQ(r.instruction.memarg.memory, 5u);
  EXPECT_EQ(r.instruction.memarg.offset, 9u);
  EXPECT_EQ(read({0x28, 63, 0}).instruction.memarg.align, 63u);
  EXPECT_EQ(error({0x28, 0x80, 0x01, 0, 0}),
            (Error{ErrorCode::malformed_memop_flags, 0, 101, 128, 0}));
  EXPECT_EQ(error({0x28, 66, 0, 0}, without(Feature::multi_memory)),
            (Error{ErrorCode::feature_disabled, 0, 101,
                   static_cast<uint32_t>(Feature::multi_memory), 0}));
  r = read({0xFD, 0x54, 64, 1, 0, 15});
  EXPECT_EQ(r.instruction.op, Op::v128_load8_lane);
  EXPECT_EQ(r.instruction.lane, 15);
  EXPECT_EQ(r.instruction.memarg.memory, 1u);
}

TEST(Instruction, BlockTypes) {
  EXPECT_EQ(read({0x02, 0x40}).instruction.block.kind, BlockType::Kind::empty);
  EXPECT_EQ(read({0x02, 0x7E}).instruction.block.value, val::i64);
  EXPECT_EQ(read({0x02, 0x64, 0x05}).instruction.block.value,
            ValType::ref(HeapType::concrete(5), false));
  Read r = read({0x03, 0x80, 0x01});
  EXPECT_EQ(r.instruction.block.kind, BlockType::Kind::index);
  EXPECT_EQ(r.instruction.block.index, 128u);
  EXPECT_EQ(read({0x03, 0xC0, 0x00}).instruction.block.index, 64u);
  // A negative number in more than one byte is no value type.
  EXPECT_EQ(error({0x02, 0xFF, 0x7F}).code, ErrorCode::malformed_block_type);
  EXPECT_EQ(error({0x02, 0x41}).code, ErrorCode::malformed_value_type);
  EXPECT_EQ(error({0x02, 0x00}, without(Feature::multi_value)).code, ErrorCode::feature_disabled);
}

TEST(Instruction, HeapTypes) {
  EXPECT_EQ(read({0xD0, 0x70}).instruction.cast.type, heap::func);
  EXPECT_TRUE(read({0xD0, 0x70}).instruction.cast.nullable);
  EXPECT_EQ(error({0xD0, 0x7F}), (Error{ErrorCode::malformed_heap_type, 0, 101, 0x7F, 0}));
  EXPECT_EQ(error({0xD0, 0x6E}, without(Feature::gc)).code, ErrorCode::feature_disabled);
  // Indices that no module can have stay concrete.
  EXPECT_TRUE(read({0xD0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}).instruction.cast.type.is_concrete());
}

TEST(Instruction, Features) {
  const Error e = error({0xC0}, FeatureSet::version(1));
  EXPECT_EQ(e.code, ErrorCode::feature_disabled);
  EXPECT_EQ(e.a, static_cast<uint32_t>(Feature::sign_extension));
  EXPECT_EQ(e.detail, static_cast<uint16_t>(Op::i32_extend8_s));
  EXPECT_EQ(error({0x3F, 0x01}, without(Feature::multi_memory)),
            (Error{ErrorCode::zero_byte_expected, 0, 101, 0, 0}));
  EXPECT_EQ(error({0x11, 0, 1}, FeatureSet::version(1)),
            (Error{ErrorCode::zero_byte_expected, 0, 102, 0, 0}));
  EXPECT_EQ(error({0xFF}), (Error{ErrorCode::illegal_opcode, 0, 100, 0, 0xFF}));
  EXPECT_EQ(error({0xFD, 0xFF, 0x7F}), (Error{ErrorCode::illegal_opcode, 0, 100, 0xFD, 0x3FFF}));
  EXPECT_EQ(error({0xFE, 0x03, 0x01}).code, ErrorCode::zero_byte_expected);
}

TEST(Instruction, EveryOperatorStopsAtItsEnd) {
  // Bytes that are a legal immediate of any kind: zeros, and 0x40 as an empty block type is not
  // needed because 0 is type index 0.
  for (size_t i = 0; i < kOpCount; ++i) {
    const OpInfo& row = kOpInfo[i];
    std::vector<uint8_t> bytes;
    if (row.prefix != 0) bytes.push_back(row.prefix);
    if (row.code >= 0x80 && row.prefix != 0) {
      bytes.push_back(static_cast<uint8_t>(row.code | 0x80));
      bytes.push_back(static_cast<uint8_t>(row.code >> 7));
    } else {
      bytes.push_back(static_cast<uint8_t>(row.code));
    }
    const size_t opcode_size = bytes.size();
    bytes.resize(bytes.size() + 32);
    FeatureSet features = kAll;
    features.add(row.feature);
    const Read whole = read(bytes, features);
    ASSERT_TRUE(whole.result) << op_name(static_cast<Op>(i));
    EXPECT_EQ(whole.instruction.op, static_cast<Op>(i));
    const size_t used = bytes.size() - whole.left;
    for (size_t size = 0; size < used; ++size) {
      const std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
      const Error e = error(cut, features);
      EXPECT_EQ(e.code, ErrorCode::unexpected_end) << op_name(static_cast<Op>(i)) << " " << size;
      EXPECT_LE(e.offset, 100 + size);
    }
    EXPECT_GE(used, opcode_size);
  }
}

TEST(Instruction, HugeCountsAreRefusedAtOnce) {
  EXPECT_EQ(error({0x0E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0}).code, ErrorCode::unexpected_end);
  EXPECT_EQ(error({0x1C, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F}).code, ErrorCode::unexpected_end);
  EXPECT_EQ(error({0x1F, 0x40, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}).code, ErrorCode::unexpected_end);
}

TEST(Instruction, ExpressionsAreSkippedToTheirEnd) {
  const std::vector<uint8_t> bytes{0x02, 0x40, 0x03, 0x40, 0x0B, 0x0B, 0x41, 0x0B, 0x0B, 0x0B};
  ByteReader reader(bytes);
  ASSERT_TRUE(skip_expression(reader, kAll));
  EXPECT_EQ(reader.offset(), 9u);
  const std::vector<uint8_t> open(1 << 20, 0x02);
  ByteReader deep(open);
  EXPECT_FALSE(skip_expression(deep, kAll));
}

TEST(Utf8, StrictForms) {
  const auto prefix = [](std::initializer_list<uint8_t> bytes) {
    return utf8_valid_prefix({bytes.begin(), bytes.size()});
  };
  EXPECT_EQ(prefix({}), 0u);
  EXPECT_EQ(prefix({'a', 0xC2, 0x80, 0xDF, 0xBF}), 5u);
  EXPECT_EQ(prefix({0xE0, 0xA0, 0x80, 0xEF, 0xBF, 0xBF, 0xED, 0x9F, 0xBF}), 9u);
  EXPECT_EQ(prefix({0xF0, 0x90, 0x80, 0x80, 0xF4, 0x8F, 0xBF, 0xBF}), 8u);
  EXPECT_EQ(prefix({'a', 0x80}), 1u);
  EXPECT_EQ(prefix({0xC0, 0x80}), 0u);
  EXPECT_EQ(prefix({0xC1, 0xBF}), 0u);
  EXPECT_EQ(prefix({0xE0, 0x9F, 0xBF}), 0u);
  EXPECT_EQ(prefix({0xED, 0xA0, 0x80}), 0u);
  EXPECT_EQ(prefix({0xF0, 0x8F, 0xBF, 0xBF}), 0u);
  EXPECT_EQ(prefix({0xF4, 0x90, 0x80, 0x80}), 0u);
  EXPECT_EQ(prefix({0xF5, 0x80, 0x80, 0x80}), 0u);
  EXPECT_EQ(prefix({'1', '2', '3', '4', '5', '6', '7', '8', 0xE2, 0x82}), 8u);
}

} // namespace
} // namespace waxwing
