// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The data of a module inside an image: on whole pages of the file where there is much, and always
// the same memory in the end.
#include <cstring>

#include "compile/module_inside.hpp"
#include "platform/memory.hpp"
#include "unit/compile_fixture.hpp"
#include "wasm/initial_memory.hpp"

namespace waxwing::compile {
namespace {

constexpr uint64_t kPage = 4096;

/// A module in the text format that has `segments` behind `memory`, and room for them.
std::string module_with(const std::string& memory, const std::string& segments) {
  return "(module " + memory + segments + " (func (export \"f\")))";
}

/// `size` bytes of a letter, which a data segment begins at `place`.
std::string segment(const std::string& place, size_t size, char letter) {
  return "(data " + place + " \"" + std::string(size, letter) + "\")";
}

/// What memory 0 has once its active segments are written, in the order in which they are.
std::string written(const Module& module) {
  std::string memory(module.memories[0].limits.min << module.memories[0].page_log2, '\0');
  for (const DataSegment& segment : module.data) {
    uint64_t place = 0;
    if (segment.mode != SegmentMode::active || segment.memory != 0) continue;
    EXPECT_TRUE(constant_place(module, segment, place));
    const auto bytes = module.slice(segment.bytes);
    memory.replace(place, bytes.size(), reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return memory;
}

/// A module and what an image would have of it, both decoded.
struct Both {
  explicit Both(const std::string& text, uint64_t at = 432, uint64_t page = kPage)
      : bytes(translate(text)), before(platform::default_allocator()),
        after(platform::default_allocator()), begin(at) {
    EXPECT_TRUE(decode(bytes, FeatureSet::defaults(), before).has_value());
    EXPECT_TRUE(validate(before).has_value());
    inside = module_inside(before, Customs::all, at, page);
    after.has_no_code = true;
    EXPECT_TRUE(decode(inside, FeatureSet::defaults(), after).has_value());
    EXPECT_TRUE(validate_declarations(after).has_value());
    EXPECT_EQ(after.data.size(), before.data.size());
  }

  /// The place in the file of the one segment that has bytes for memory 0, or 0.
  [[nodiscard]] uint64_t pages() const {
    uint64_t place = 0;
    for (const DataSegment& segment : after.data) {
      if (segment.mode != SegmentMode::active || segment.memory != 0 || segment.bytes.size == 0)
        continue;
      if (place != 0 || segment.bytes.size % kPage != 0) return 0;
      place = begin + segment.bytes.offset;
    }
    return place;
  }

  std::vector<uint8_t> bytes;
  std::vector<uint8_t> inside;
  Module before;
  Module after;
  uint64_t begin;
};

TEST(CompileData, LiesOnPages) {
  const std::string text = module_with("(memory 8)", segment("(i32.const 1000)", 100000, 'a') +
                                                         segment("(i32.const 110000)", 90000, 'b') +
                                                         segment("(i32.const 100000)", 5000, 'c'));
  // Wherever the module begins, and for any distance to the next page.
  for (const uint64_t at : {432u, 4096u, 4095u, 12345u}) {
    const Both both(text, at);
    EXPECT_NE(both.pages(), 0u);
    EXPECT_EQ(both.pages() % kPage, 0u);
    EXPECT_EQ(written(both.after), written(both.before));
  }
}

TEST(CompileData, OtherSegmentsKeepTheirPlaces) {
  const Both both(module_with("(memory $m 8) (memory $n 1)",
                              "(data \"passive\")" + segment("(i32.const 0)", 200000, 'a') +
                                  "(data (memory $n) (i32.const 5) \"other\")" +
                                  segment("(i32.const 200000)", 10, 'b') + "(data \"last\")"));
  EXPECT_EQ(both.pages() % kPage, 0u);
  EXPECT_NE(both.pages(), 0u);
  EXPECT_EQ(written(both.after), written(both.before));
  for (const uint32_t i : {0u, 2u, 4u}) {
    const auto before = both.before.slice(both.before.data[i].bytes);
    const auto after = both.after.slice(both.after.data[i].bytes);
    EXPECT_TRUE(std::ranges::equal(before, after)) << i;
    EXPECT_EQ(both.after.data[i].mode, both.before.data[i].mode) << i;
    EXPECT_EQ(both.after.data[i].memory, both.before.data[i].memory) << i;
  }
}

TEST(CompileData, HasLargeAddresses) {
  const Both both(
      module_with("(memory i64 40000)", segment("(i64.const 0x80000010)", 150000, 'a')));
  EXPECT_NE(both.pages(), 0u);
  uint64_t place = 0;
  EXPECT_TRUE(constant_place(both.after, both.after.data[0], place));
  EXPECT_EQ(place, 0x80000000u);
  // Beyond 2^31 in 32 bits, too.
  const Both narrow(module_with("(memory 40000)", segment("(i32.const 0x80000010)", 150000, 'a')));
  EXPECT_TRUE(constant_place(narrow.after, narrow.after.data[0], place));
  EXPECT_EQ(place, 0x80000000u);
}

TEST(CompileData, StaysAsItIs) {
  const std::string much = segment("(i32.const 0)", 200000, 'a');
  const std::string cases[] = {
      // Little; far apart; at a place that isn't known; that can fail, of this memory and another.
      module_with("(memory 8)", segment("(i32.const 0)", 1000, 'a')),
      module_with("(memory 100)", much + segment("(i32.const 6000000)", 1, 'b')),
      module_with("(import \"m\" \"g\" (global $g i32)) (memory 8)",
                  segment("(global.get $g)", 200000, 'a')),
      module_with("(memory 3)", much),
      module_with("(memory $m 8) (memory $n 1)",
                  much + "(data (memory $n) (i32.const 65535) \"xy\")"),
      // Not its own, or shared.
      module_with("(import \"m\" \"m\" (memory 8))", much),
      module_with("(memory 8 8 shared)", much),
      // Its last page isn't whole.
      module_with("(memory 200001 (pagesize 1))", much),
  };
  for (const std::string& text : cases) {
    const Both both(text);
    EXPECT_EQ(both.inside, module_inside(both.before, Customs::all)) << text.substr(0, 90);
  }
  // Pages of nothing: a target that maps no files.
  const Both bare(module_with("(memory 8)", much), 432, 0);
  EXPECT_EQ(bare.inside, module_inside(bare.before, Customs::all));
}

} // namespace
} // namespace waxwing::compile
