// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include "support/counting_allocator.hpp"
#include "support/module_bytes.hpp"
#include "wasm/module.hpp"

namespace waxwing {
namespace {

using namespace testing;

constexpr FeatureSet kAll = FeatureSet::defaults();

Error decode_error(const Bytes& bytes, FeatureSet features = kAll) {
  CountingAllocator counting;
  Error error{};
  {
    Module module(counting.allocator());
    const Result<void> result = decode(bytes, features, module);
    EXPECT_FALSE(result.has_value());
    if (!result) error = result.error();
  }
  EXPECT_EQ(counting.bytes(), 0u);
  return error;
}

Error at(ErrorCode code, uint32_t offset, uint32_t a = 0, uint32_t b = 0, uint16_t detail = 0) {
  return {code, detail, offset, a, b};
}

TEST(Decode, Preamble) {
  EXPECT_EQ(decode_error({}), at(ErrorCode::unexpected_end, 0));
  EXPECT_EQ(decode_error({0, 'a', 's'}), at(ErrorCode::unexpected_end, 3));
  EXPECT_EQ(decode_error({0, 'a', 's', 'n', 1, 0, 0, 0}),
            at(ErrorCode::magic_header_not_detected, 0));
  EXPECT_EQ(decode_error({0, 'a', 's', 'm', 1, 0, 0}), at(ErrorCode::unexpected_end, 7));
  EXPECT_EQ(decode_error({0, 'a', 's', 'm', 2, 0, 0, 0}),
            at(ErrorCode::unknown_binary_version, 4, 1, 2));
  EXPECT_EQ(decode_error({0, 'a', 's', 'm', 13, 0, 1, 0}).code, ErrorCode::component_not_module);
}

TEST(Decode, SectionsInOrder) {
  EXPECT_EQ(decode_error(preamble() + section(14, {0})),
            at(ErrorCode::malformed_section_id, 8, 14));
  EXPECT_EQ(decode_error(preamble() + section(3, {0}) + section(1, {0})),
            at(ErrorCode::unexpected_content_after_last_section, 11, 1, 3));
  EXPECT_EQ(decode_error(preamble() + section(1, {0}) + section(1, {0})).offset, 11u);
  // A tag section lies between memories and globals, the data count before the code.
  CountingAllocator counting;
  Module good(counting.allocator());
  EXPECT_TRUE(decode(preamble() + section(5, {0}) + section(13, {0}) + section(6, {0}) +
                         section(12, {0}) + section(10, {0}) + section(11, {0}),
                     kAll, good));
  EXPECT_EQ(decode_error(preamble() + section(6, {0}) + section(13, {0})).offset, 11u);
  EXPECT_EQ(decode_error(preamble() + section(10, {0}) + section(12, {0})).offset, 11u);
  EXPECT_EQ(decode_error(preamble() + section(13, {0}), FeatureSet::version(2)),
            at(ErrorCode::malformed_section_id, 8, 13));
}

TEST(Decode, SizesOfSections) {
  EXPECT_EQ(decode_error(preamble() + Bytes{1, 5, 0}),
            at(ErrorCode::length_out_of_bounds, 8, 5, 1, 1));
  EXPECT_EQ(decode_error(preamble() + section(1, {0, 0})),
            at(ErrorCode::section_size_mismatch, 11, 2, 1, 1));
  EXPECT_EQ(decode_error(preamble() + section(1, {})),
            at(ErrorCode::unexpected_end_of_section, 10));
  EXPECT_EQ(decode_error(preamble() + section(1, {1, 0x60, 0})).code,
            ErrorCode::unexpected_end_of_section);
}

TEST(Decode, NumbersThatASectionCutsOff) {
  // The memory's minimum has eleven bytes, of which the section holds seven.
  Error error = decode_error(preamble() + Bytes{5, 8, 1, 0, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80} +
                             Bytes{0x80, 0x80, 0x80, 0x80, 0x00});
  EXPECT_EQ(error, at(ErrorCode::integer_representation_too_long, 12));
  // Nothing is wrong with this one but that it isn't all there.
  error = decode_error(preamble() + Bytes{5, 3, 1, 0, 0x82});
  EXPECT_EQ(error, at(ErrorCode::unexpected_end_of_section, 13));
}

TEST(Decode, BodiesBeforeWhatFollows) {
  // Both the body and the byte behind the section are wrong; the body comes first.
  const Bytes bytes = functions({body({0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0B})});
  EXPECT_EQ(decode_error(bytes + Bytes{0x70}).code, ErrorCode::integer_representation_too_long);
  EXPECT_EQ(decode_error(functions({body({0x0B})}) + Bytes{0x70}).code,
            ErrorCode::malformed_section_id);
}

TEST(Decode, Names) {
  Error error = decode_error(preamble() + section(0, Bytes{3, 'a', 0xC0, 'b'}));
  EXPECT_EQ(error, at(ErrorCode::malformed_utf8, 12, 11, 3));
  error = decode_error(preamble() + section(0, Bytes{4, 'a'}));
  EXPECT_EQ(error, at(ErrorCode::length_out_of_bounds, 10, 4));

  CountingAllocator counting;
  Module module(counting.allocator());
  const Bytes bytes =
      preamble() + section(0, name("é") + Bytes{7, 8}) + section(1, {0}) + section(0, name(""));
  ASSERT_TRUE(decode(bytes, kAll, module));
  ASSERT_EQ(module.customs.size(), 2u);
  EXPECT_EQ(module.customs[0].name, "é");
  EXPECT_EQ(module.customs[0].bytes.size, 2u);
  EXPECT_EQ(module.customs[0].after, 0);
  EXPECT_EQ(module.customs[1].after, 1);
}

TEST(Decode, Types) {
  const auto types = [](const Bytes& bytes) { return preamble() + section(1, bytes); };
  EXPECT_EQ(decode_error(types({1, 0x5D})), at(ErrorCode::malformed_definition_type, 11, 0x5D));
  EXPECT_EQ(decode_error(types({1, 0xE0, 0x7F, 0, 0})).code,
            ErrorCode::integer_representation_too_long);
  EXPECT_EQ(decode_error(types({1, 0x60, 1, 0x40, 0})),
            at(ErrorCode::malformed_value_type, 13, 0x40));
  EXPECT_EQ(decode_error(types({1, 0x5E, 0x78, 2})), at(ErrorCode::malformed_mutability, 13, 2));
  EXPECT_EQ(decode_error(types({1, 0x50, 2, 0, 0, 0x60, 0, 0})), at(ErrorCode::sub_type, 12, 1, 2));
  EXPECT_EQ(decode_error(types({1, 0x5F, 0}), FeatureSet::version(2)).code,
            ErrorCode::malformed_definition_type);
  EXPECT_EQ(decode_error(types(Bytes{1, 0x60} + leb(1001) + Bytes(1001, 0x7F) + Bytes{0})),
            at(ErrorCode::limit_exceeded, 13, 1000, 1001));

  CountingAllocator counting;
  Module module(counting.allocator());
  ASSERT_TRUE(decode(types({3,    0x60, 2,    0x7F, 0x63, 0x70, 1,    0x7B,       // func
                            0x4E, 2,    0x50, 0,    0x5F, 1,    0x78, 1,          // rec: sub struct
                            0x4F, 1,    1,    0x5F, 2,    0x78, 1,    0x64, 0, 0, // sub final 1
                            0x5E, 0x77, 0}),
                     kAll, module));
  ASSERT_EQ(module.types.size(), 4u);
  EXPECT_EQ(module.types[0].params.size(), 2u);
  EXPECT_EQ(module.types[0].params[1], val::funcref);
  EXPECT_EQ(module.types[0].results[0], val::v128);
  EXPECT_TRUE(module.types[0].final_);
  EXPECT_FALSE(module.types[1].final_);
  EXPECT_EQ(module.types[2].supertype, 1u);
  EXPECT_EQ(module.types[2].group_start, 1u);
  EXPECT_EQ(module.types[2].group_size, 2u);
  EXPECT_EQ(module.types[2].fields[1].storage, ValType::ref(HeapType::concrete(0), false));
  EXPECT_TRUE(module.types[2].fields[0].mutable_);
  EXPECT_EQ(module.types[3].kind, TypeKind::array);
  EXPECT_EQ(module.types[3].fields[0].storage, val::i16);
  EXPECT_EQ(module.types[3].offset, 8u + 2 + 1 + 7 + 2 + 6 + 10);
}

TEST(Decode, Limits) {
  const auto memory = [](const Bytes& type) { return preamble() + section(5, Bytes{1} + type); };
  EXPECT_EQ(decode_error(memory({0x10, 0})), at(ErrorCode::malformed_limits_flags, 11, 0x10));
  EXPECT_EQ(decode_error(memory({0x81, 0, 0})).code, ErrorCode::malformed_limits_flags);
  EXPECT_EQ(decode_error(memory({0x08, 0, 65})), at(ErrorCode::malformed_page_size, 13, 65));
  EXPECT_EQ(decode_error(memory({0x04, 0}), FeatureSet::version(2)).code,
            ErrorCode::malformed_limits_flags);
  EXPECT_EQ(decode_error(memory({0x03, 0, 1}), FeatureSet::version(3)).code,
            ErrorCode::malformed_limits_flags);
  EXPECT_EQ(decode_error(preamble() + section(4, {1, 0x70, 0x08, 0, 0})).code,
            ErrorCode::malformed_limits_flags);

  CountingAllocator counting;
  Module module(counting.allocator());
  ASSERT_TRUE(decode(memory({0x0F, 1, 0x80, 0x02, 0}), kAll, module));
  const MemoryType& type = module.memories[0];
  EXPECT_TRUE(type.limits.is64 && type.limits.shared && type.limits.has_max);
  EXPECT_EQ(type.limits.min, 1u);
  EXPECT_EQ(type.limits.max, 256u);
  EXPECT_EQ(type.page_log2, 0);
}

TEST(Decode, Segments) {
  const auto elements = [](const Bytes& bytes) { return preamble() + section(9, bytes); };
  CountingAllocator counting;
  Module module(counting.allocator());
  ASSERT_TRUE(decode(elements({8,                                                    //
                               0, 0x41, 0,    0x0B, 1,    5,                         //
                               1, 0,    2,    6,    7,                               //
                               2, 3,    0x41, 0,    0x0B, 0,    0,                   //
                               3, 0,    1,    8,                                     //
                               4, 0x41, 0,    0x0B, 1,    0xD2, 0, 0x0B,             //
                               5, 0x70, 1,    0xD0, 0x70, 0x0B,                      //
                               6, 4,    0x41, 0,    0x0B, 0x6F, 1, 0xD0, 0x6F, 0x0B, //
                               7, 0x64, 0x70, 0}),
                     kAll, module));
  ASSERT_EQ(module.elements.size(), 8u);
  const auto mode = [&](size_t i) { return module.elements[i].mode; };
  for (size_t i : {0u, 2u, 4u, 6u}) EXPECT_EQ(mode(i), SegmentMode::active) << i;
  for (size_t i : {1u, 5u}) EXPECT_EQ(mode(i), SegmentMode::passive) << i;
  for (size_t i : {3u, 7u}) EXPECT_EQ(mode(i), SegmentMode::declarative) << i;
  EXPECT_EQ(module.elements[1].functions[1], 7u);
  EXPECT_EQ(module.elements[2].table, 3u);
  EXPECT_EQ(module.elements[4].expressions[0].size, 3u);
  EXPECT_EQ(module.elements[4].type, val::funcref);
  EXPECT_EQ(module.elements[0].type, ValType::ref(heap::func, false));
  EXPECT_EQ(module.elements[6].type, val::externref);

  EXPECT_EQ(decode_error(elements({1, 8})), at(ErrorCode::malformed_elements_segment, 11, 8));
  EXPECT_EQ(decode_error(elements({1, 1, 1, 0})), at(ErrorCode::malformed_elements_segment, 12, 1));
  EXPECT_EQ(decode_error(elements({1, 5, 0x7F, 0})),
            at(ErrorCode::malformed_reference_type, 12, 0x7F));
  EXPECT_EQ(decode_error(preamble() + section(11, {1, 3, 0})),
            at(ErrorCode::malformed_data_segment, 11, 3));
  EXPECT_EQ(decode_error(preamble() + section(12, {2}) + section(11, {1, 1, 0})),
            at(ErrorCode::data_count_inconsistent, 13, 2, 1));
  EXPECT_EQ(decode_error(preamble() + section(11, {1, 1, 2, 0})),
            at(ErrorCode::unexpected_end_of_section, 13));
}

TEST(Decode, CodeIsLocated) {
  const Bytes bytes = functions({body({0x01, 0x0B}), body({0x0B})});
  CountingAllocator counting;
  Module module(counting.allocator());
  ASSERT_TRUE(decode(bytes, kAll, module));
  ASSERT_EQ(module.functions.size(), 2u);
  const ByteRange first = module.functions[0].body;
  EXPECT_EQ(first.size, 3u);
  EXPECT_EQ(bytes[first.offset + 1], 0x01);
  EXPECT_EQ(module.code_section.offset + module.code_section.size, bytes.size());
  EXPECT_EQ(module.function_at(first.offset + 2), 0u);
  EXPECT_EQ(module.function_at(module.functions[1].body.offset), 1u);
  EXPECT_EQ(module.function_at(first.offset - 1), kNoIndex);
  EXPECT_EQ(module.function_at(0), kNoIndex);
  EXPECT_EQ(module.function_at(UINT32_MAX), kNoIndex);

  EXPECT_EQ(decode_error(preamble() + section(1, {1, 0x60, 0, 0}) + section(3, {1, 0})),
            at(ErrorCode::function_and_code_inconsistent, 18, 1, 0));
  EXPECT_EQ(decode_error(preamble() + section(10, {1, 2, 0, 0x0B})).code,
            ErrorCode::function_and_code_inconsistent);
}

TEST(Decode, CountsAreComparedWithWhatIsThere) {
  const Bytes huge = leb(UINT32_MAX);
  for (uint8_t id = 1; id <= 13; ++id) {
    if (id == 8 || id == 12) continue;
    CountingAllocator counting;
    Module module(counting.allocator());
    EXPECT_FALSE(decode(preamble() + section(id, huge + Bytes(20, 0)), kAll, module)) << int{id};
    EXPECT_LT(counting.peak(), 4096u) << int{id};
  }
}

TEST(Decode, EveryTruncationIsAnError) {
  const Bytes bytes =
      preamble() + section(1, {1, 0x60, 1, 0x7F, 0}) +
      section(2, Bytes{1} + name("m") + name("f") + Bytes{0, 0}) + section(3, {1, 0}) +
      section(4, {1, 0x40, 0, 0x70, 0, 1, 0xD0, 0x70, 0x0B}) + section(5, {1, 1, 0, 1}) +
      section(13, {1, 0, 0}) + section(6, {1, 0x7F, 0, 0x41, 0, 0x0B}) +
      section(7, Bytes{1} + name("e") + Bytes{0, 0}) + section(9, {1, 0, 0x41, 0, 0x0B, 1, 0}) +
      section(12, {1}) + section(10, {1, 2, 0, 0x0B}) + section(11, {1, 0, 0x41, 0, 0x0B, 1, 'x'});
  CountingAllocator counting;
  {
    Module module(counting.allocator());
    ASSERT_TRUE(decode(bytes, kAll, module));
    EXPECT_TRUE(validate(module));
  }
  size_t good = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    Module module(counting.allocator());
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    const Result<void> result = decode(cut, kAll, module);
    if (result)
      ++good;
    else
      EXPECT_LE(result.error().offset, size);
  }
  // After the preamble, the types and the imports, which are modules already.
  EXPECT_EQ(good, 3u);
  EXPECT_EQ(counting.bytes(), 0u);
}

} // namespace
} // namespace waxwing
