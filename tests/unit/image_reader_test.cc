// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <functional>

#include "image/image.hpp"
#include "image/sites.hpp"
#include "image/trace_file.hpp"
#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "platform/signal.hpp"
#include "support/image_builder.hpp"
#include "wasm/trap.hpp"

namespace waxwing::image {
namespace {

using testing::ImageBuilder;

ErrorCode code_of(const std::vector<uint8_t>& bytes) {
  const auto image = read(bytes);
  return image ? ErrorCode{} : image.error().code;
}

TEST(ImageReader, ReadsWhatIsWhole) {
  const auto bytes = ImageBuilder::small().finish();
  ASSERT_TRUE(is_image(bytes));
  const auto image = read(bytes);
  ASSERT_TRUE(image.has_value()) << static_cast<int>(image.error().code) << " " << image.error().a
                                 << " " << image.error().offset;
  EXPECT_EQ(image->functions.size(), 1u);
  EXPECT_EQ(image->ranges.size(), 2u);
  EXPECT_EQ(image->producer, "a test");
  EXPECT_EQ(image->target->target, Target::x86_64);
  EXPECT_EQ(image->section(SectionKind::functions).size, sizeof(FunctionEntry));
}

TEST(ImageReader, FindsSites) {
  const auto bytes = ImageBuilder::small().finish();
  const auto image = read(bytes);
  ASSERT_TRUE(image.has_value());
  constexpr uint32_t kText = ImageBuilder::kText;
  EXPECT_EQ(find_range(*image, kText - 1), kNoRange);
  EXPECT_EQ(find_range(*image, kText + 31), 0u);
  EXPECT_EQ(find_range(*image, kText + 32), 1u);
  EXPECT_EQ(find_range(*image, kText + 64), kNoRange);
  bool found = false;
  // A return address and the instruction there are two things.
  Site site = find_site(*image, 0, kText + 8, true, found);
  EXPECT_TRUE(found);
  EXPECT_EQ(site.wasm_offset, 0x34u);
  site = find_site(*image, 0, kText + 8, false, found);
  EXPECT_TRUE(found);
  EXPECT_EQ(site.kind, SiteKind::trap);
  EXPECT_EQ(site.trap, static_cast<uint8_t>(TrapKind::unreachable));
  EXPECT_EQ(site.wasm_offset, 0x36u);
  site = find_site(*image, 0, kText + 16, false, found);
  EXPECT_TRUE(found);
  EXPECT_EQ(site.kind, SiteKind::access);
  EXPECT_EQ(site.wasm_offset, 0x34u);
  EXPECT_EQ(site.chain, 1u);
  site = find_site(*image, 0, kText + 17, false, found);
  EXPECT_FALSE(found);
  EXPECT_FALSE(site.exact);
  EXPECT_EQ(site.wasm_offset, 0x34u);
}

class ImageSites : public ::testing::TestWithParam<ImageBuilder (*)()> {};
INSTANTIATE_TEST_SUITE_P(Forms, ImageSites,
                         ::testing::Values(&ImageBuilder::dense, &ImageBuilder::packed));

TEST_P(ImageSites, AreFound) {
  const auto bytes = GetParam()().finish();
  const auto image = read(bytes);
  ASSERT_TRUE(image.has_value());
  constexpr uint32_t kText = ImageBuilder::kText;
  bool found = false;
  Site site = find_site(*image, 0, kText + 8, true, found);
  EXPECT_TRUE(found);
  EXPECT_EQ(site.wasm_offset, 0x34u);
  site = find_site(*image, 0, kText + 8, false, found);
  EXPECT_TRUE(found);
  EXPECT_EQ(site.trap, static_cast<uint8_t>(TrapKind::unreachable));
  EXPECT_EQ(site.wasm_offset, 0x36u);
  site = find_site(*image, 0, kText + 16, false, found);
  EXPECT_TRUE(found);
  EXPECT_TRUE(site.exact);
  EXPECT_EQ(site.kind, SiteKind::access);
  EXPECT_EQ(site.shape.width_log2, 2u);
  EXPECT_EQ(site.wasm_offset, 0x34u);
  EXPECT_EQ(site.chain, 0u);
  for (const uint32_t at : {20u, 21u}) {
    site = find_site(*image, 0, kText + at, false, found);
    EXPECT_TRUE(found);
    EXPECT_EQ(site.shape.width_log2, 5u);
    EXPECT_EQ(site.chain, 1u);
  }
  site = find_site(*image, 0, kText + 22, false, found);
  EXPECT_FALSE(found);
}

TEST(ImageReader, ReadsNoBitsBehindTheEnd) {
  // Whatever the bytes are, reading them ends, and what is told lies inside.
  uint64_t seed = 1;
  for (int i = 0; i < 2000; ++i) {
    ImageBuilder b = ImageBuilder::packed();
    for (uint8_t& byte : b.sites) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      byte = static_cast<uint8_t>(seed >> (i % 3 == 0 ? 33 : 60));
    }
    const auto bytes = b.finish();
    const auto image = read(bytes);
    ASSERT_TRUE(image.has_value());
    for (uint32_t pc = 0; pc < 32; ++pc) {
      bool found = false;
      const Site site = find_site(*image, 0, ImageBuilder::kText + pc, pc % 2 == 0, found);
      EXPECT_LE(site.chain, image->chains.size());
    }
  }
}

TEST(ImageReader, RefusesDamagedChains) {
  EXPECT_EQ(read(ImageBuilder::packed().finish())->chains.size(), 1u);
  for (const std::string_view bits : {
           "11000000 0110",                             // cut off
           "01000000 01100000 11000000 00 0",           // a field of 2 bits
           "10000100 01100000 11000000 000",            // one of 33
           "11000000 01100000 11000000 000 000001 100", // its own parent
       }) {
    ImageBuilder b = ImageBuilder::packed();
    b.packed_chains = ImageBuilder::bits(bits);
    EXPECT_EQ(code_of(b.finish()), ErrorCode::image_malformed) << bits;
  }
  // Both kinds at once.
  ImageBuilder b = ImageBuilder::packed();
  b.chains = {{0, 0x20, 0}};
  EXPECT_EQ(code_of(b.finish()), ErrorCode::image_malformed);
}

TEST(ImageReader, QueuesShapesAlikeOnBothSides) {
  ShapeQueue writer;
  ShapeQueue reader;
  uint64_t seed = 1;
  for (int i = 0; i < 1000; ++i) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    const uint64_t shape = seed >> 60 & 7;
    const uint32_t place = writer.use(shape);
    if (place == ShapeQueue::kOther)
      (void)reader.use(shape);
    else
      EXPECT_EQ(reader.take(place), shape);
  }
}

TEST(ImageReader, RefusesFieldsThatItDoesNotKnow) {
  ImageBuilder b = ImageBuilder::small();
  b.header.required |= required::call_stack_frames;
  b.frame_fields = {0x03, 0, 0, 0};
  const auto bytes = b.finish();
  const auto good = read(bytes);
  ASSERT_TRUE(good.has_value());
  EXPECT_TRUE(good->has_frames());
  EXPECT_EQ(good->frame_fields, frame::func_idx | frame::ip);
  b.frame_fields = {0x03, 0, 0, 0x80};
  const auto refused = read(b.finish());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::image_frame_field);
  EXPECT_EQ(refused.error().a, 31u);
  b.frame_fields = {0x03, 0};
  EXPECT_EQ(code_of(b.finish()), ErrorCode::image_malformed);
  b.frame_fields = {0x03, 0, 0, 0};
  b.value_rows = {{0, 4}};
  b.values = {1, 2, 0, 8};
  EXPECT_EQ(code_of(b.finish()), ErrorCode::image_malformed) << "beyond the values";
  b.value_rows = {{0, 0}};
  EXPECT_TRUE(read(b.finish()).has_value());
}

TEST(ImageReader, TakesNoTraceFileButItsOwn) {
  const auto bytes = ImageBuilder::small().finish();
  auto image = *read(bytes);
  EXPECT_FALSE(is_trace_file(bytes));
  TraceFileHeader header{};
  std::memcpy(header.magic, kTraceMagic, sizeof kTraceMagic);
  header.format_version = kFormatVersion;
  header.target = static_cast<uint32_t>(Target::x86_64);
  header.section_count = 1;
  const SectionRow row{static_cast<uint32_t>(SectionKind::ranges), sizeof header + sizeof row,
                       2 * sizeof(CodeRange)};
  header.size = row.offset + row.size;
  const auto file = [&] {
    std::vector<uint8_t> out;
    ImageBuilder::append(out, header);
    ImageBuilder::append(out, row);
    for (uint32_t i = 0; i < 2; ++i) {
      CodeRange range = image.ranges[i];
      range.sites = 0;
      ImageBuilder::append(out, range);
    }
    return out;
  };
  const auto whole = file();
  EXPECT_TRUE(join_trace_file(image, whole).has_value());
  image = *read(bytes);
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(join_trace_file(image, {whole.data(), size}).has_value()) << size;
  header.build_id[3] = 1;
  const auto other = file();
  const auto joined = join_trace_file(image, other);
  ASSERT_FALSE(joined.has_value());
  EXPECT_EQ(joined.error().code, ErrorCode::image_trace_file);
}

TEST(ImageReader, RefusesWhatIsCutOff) {
  const auto whole = ImageBuilder::small().finish();
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<uint8_t> part(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(read(part).has_value()) << size;
  }
}

TEST(ImageReader, NamesWhatIsDamaged) {
  struct Case {
    const char* what;
    std::function<void(ImageBuilder&)> spoil;
    ErrorCode code;
    Damage damage{};
  };
  constexpr uint32_t kText = ImageBuilder::kText;
  const Case cases[] = {
      {"format", [](auto& b) { b.header.format_version = 9; }, ErrorCode::image_format_version},
      {"abi", [](auto& b) { b.header.abi_number = 2; }, ErrorCode::image_abi_number},
      {"bit", [](auto& b) { b.header.required = uint64_t{1} << 63; },
       ErrorCode::image_required_bit},
      {"machine", [](auto& b) { b.target.elf_machine = 3; }, ErrorCode::image_target},
      {"pointer", [](auto& b) { b.target = kTargets[3]; }, ErrorCode::image_target},
      {"magic", [](auto& b) { b.header.magic[0] = 'W'; }, ErrorCode::image_malformed,
       Damage::header},
      {"writable", [](auto& b) { b.segment_flags = 7; }, ErrorCode::image_malformed,
       Damage::segment},
      {"not executable", [](auto& b) { b.segment_flags = 4; }, ErrorCode::image_malformed,
       Damage::text},
      {"entry", [](auto& b) { b.functions[0].native = 16; }, ErrorCode::image_malformed,
       Damage::function},
      {"no signature", [](auto& b) { b.functions[0].signature = 1; }, ErrorCode::image_malformed,
       Damage::function},
      {"tail without trampoline", [](auto& b) { b.functions[0].tail = -8; },
       ErrorCode::image_malformed, Damage::function},
      {"tail beyond",
       [](auto& b) {
         b.signatures[0].tail_trampoline = kText;
         b.functions[0].tail = 0x7FFFFFFF;
       },
       ErrorCode::image_malformed, Damage::function},
      {"trampoline", [](auto& b) { b.signatures[0].trampoline = kText + 64; },
       ErrorCode::image_malformed, Damage::signature},
      {"memory", [](auto& b) { b.memories[0].access = 2; }, ErrorCode::image_malformed,
       Damage::memory},
      {"order", [](auto& b) { std::swap(b.ranges[0], b.ranges[1]); }, ErrorCode::image_malformed,
       Damage::range},
      {"overlap", [](auto& b) { b.ranges[0].size = 33; }, ErrorCode::image_malformed,
       Damage::range},
      {"beyond", [](auto& b) { b.ranges[1].size = 33; }, ErrorCode::image_malformed, Damage::range},
      {"wrap", [](auto& b) { b.ranges[1].size = 0xFFFFFFFF; }, ErrorCode::image_malformed,
       Damage::range},
      {"prologue", [](auto& b) { b.ranges[0].prologue = 33; }, ErrorCode::image_malformed,
       Damage::range},
      {"sites", [](auto& b) { b.ranges[1].sites = 99; }, ErrorCode::image_malformed, Damage::range},
      {"gap", [](auto& b) { b.ranges[0].gap = 0x7FFFFFF0; }, ErrorCode::image_malformed,
       Damage::range},
      {"frame", [](auto& b) { b.ranges[0].frame = 0; }, ErrorCode::image_malformed, Damage::frame},
      {"parent", [](auto& b) { b.chains[0].parent = 1; }, ErrorCode::image_malformed,
       Damage::chain},
      {"pad", [](auto& b) { b.pads = {{kText + 4, 8}}; }, ErrorCode::image_malformed, Damage::pad},
      {"pads", [](auto& b) { b.pads = {{kText + 8, kText}, {kText + 8, kText}}; },
       ErrorCode::image_malformed, Damage::pad},
  };
  for (const Case& c : cases) {
    ImageBuilder builder = ImageBuilder::small();
    c.spoil(builder);
    const auto image = read(builder.finish());
    ASSERT_FALSE(image.has_value()) << c.what;
    EXPECT_EQ(image.error().code, c.code) << c.what;
    if (c.code == ErrorCode::image_malformed)
      EXPECT_EQ(image.error().a, static_cast<uint32_t>(c.damage)) << c.what;
  }
}

TEST(ImageReader, SkipsSectionsThatItDoesNotKnow) {
  auto bytes = ImageBuilder::small().finish();
  // The row of the producer becomes one of another kind.
  Header h;
  std::memcpy(&h, bytes.data() + ImageBuilder::kHeader, sizeof h);
  const size_t row = ImageBuilder::kHeader + sizeof h + (h.section_count - 1) * sizeof(SectionRow);
  bytes[row] = 200;
  const auto image = read(bytes);
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->producer, "");
  // But not twice the same.
  bytes[row] = static_cast<uint8_t>(SectionKind::module);
  EXPECT_EQ(code_of(bytes), ErrorCode::image_malformed);
}

TEST(ImageReader, ComparesTheChecksum) {
  ImageBuilder builder = ImageBuilder::small();
  builder.with_checksum = true;
  auto bytes = builder.finish();
  EXPECT_TRUE(verify_checksum(*read(bytes)).has_value());
  bytes[ImageBuilder::kText + 3] ^= 1;
  const auto image = read(bytes);
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(verify_checksum(*image).error().code, ErrorCode::image_checksum);
}

/// Loads an image that is never run.
class ImageLoad : public ::testing::Test {
 protected:
  ErrorCode load_code(const ImageBuilder& builder, const runtime::EngineConfig& config = {}) {
    runtime::Engine engine(platform::default_allocator(), config, interp::backend());
    bytes_ = builder.finish();
    const auto loaded = load(engine, bytes_);
    if (!loaded) return loaded.error().code;
    (*loaded)->release();
    return ErrorCode{};
  }
  static ImageBuilder for_this_host() {
    ImageBuilder builder = ImageBuilder::small();
    builder.target = *host_target();
    return builder;
  }
  void SetUp() override {
    if (host_target() == nullptr || host_target()->pointer != 8 || kSlotBits != 64)
      GTEST_SKIP() << "the made-up images are for 64-bit hosts";
    if (!platform::can_redirect())
      GTEST_SKIP() << "the made-up images don't look whether they are to stop";
  }

  std::vector<uint8_t> bytes_;
};

TEST_F(ImageLoad, TakesWhatAgrees) { EXPECT_EQ(load_code(for_this_host()), ErrorCode{}); }

TEST_F(ImageLoad, RefusesWhatCannotRunHere) {
  ImageBuilder builder = for_this_host();
  builder.target = builder.target.target == Target::x86_64 ? kTargets[1] : kTargets[0];
  EXPECT_EQ(load_code(builder), ErrorCode::image_target);
  builder = for_this_host();
  builder.cpu = "generic\nno-such-feature";
  EXPECT_EQ(load_code(builder), ErrorCode::image_cpu_feature);
  builder = for_this_host();
  builder.header.required = required::meters;
  EXPECT_EQ(load_code(builder), ErrorCode::image_metering);
  EXPECT_EQ(load_code(for_this_host(), {.metering = true}), ErrorCode::image_metering);
  EXPECT_EQ(load_code(for_this_host(), {.polling = true}), ErrorCode::image_host);
}

TEST_F(ImageLoad, RefusesTablesThatDoNotFitTheModule) {
  ImageBuilder builder = for_this_host();
  builder.functions.push_back(builder.functions[0]);
  EXPECT_EQ(load_code(builder), ErrorCode::image_module_mismatch);
  builder = for_this_host();
  builder.memories.clear();
  EXPECT_EQ(load_code(builder), ErrorCode::image_module_mismatch);
  builder = for_this_host();
  // Guards without the bit that asks for them.
  builder.memories[0].access = static_cast<uint32_t>(MemoryAccess::guarded);
  EXPECT_EQ(load_code(builder), ErrorCode::image_module_mismatch);
  builder = for_this_host();
  builder.ranges[0].function = 1;
  EXPECT_EQ(load_code(builder), ErrorCode::image_module_mismatch);
  builder = for_this_host();
  builder.chains[0].function = 1;
  EXPECT_EQ(load_code(builder), ErrorCode::image_module_mismatch);
  builder = for_this_host();
  builder.functions[0] = {};
  EXPECT_EQ(load_code(builder), ErrorCode::image_module_mismatch);
  builder = for_this_host();
  builder.module[0] = 1;
  EXPECT_EQ(load_code(builder), ErrorCode::magic_header_not_detected);
}

} // namespace
} // namespace waxwing::image
