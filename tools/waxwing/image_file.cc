// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/image_file.hpp"

#include <fmt/format.h>

#include "describe/image_text.hpp"
#include "image/image.hpp"
#include "platform/memory.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

namespace {

struct BitText {
  unsigned bit;
  std::string_view name;
  std::string_view text;
};
constexpr BitText kRequired[] = {
#define WAX_IMAGE_REQUIRED(bit, name, text) {bit, #name, text},
#define WAX_IMAGE_OPTIONAL(bit, name, text)
#include "image/feature.def"
#undef WAX_IMAGE_OPTIONAL
#undef WAX_IMAGE_REQUIRED
};
constexpr BitText kOptional[] = {
#define WAX_IMAGE_REQUIRED(bit, name, text)
#define WAX_IMAGE_OPTIONAL(bit, name, text) {bit, #name, text},
#include "image/feature.def"
#undef WAX_IMAGE_OPTIONAL
#undef WAX_IMAGE_REQUIRED
};

std::string bits_text(uint64_t bits, std::span<const BitText> known) {
  std::string out;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((bits >> bit & 1) == 0) continue;
    std::string name = fmt::format("bit-{}", bit);
    for (const BitText& entry : known)
      if (entry.bit == bit) name = entry.name;
    out += (out.empty() ? "" : " ") + name;
  }
  return out.empty() ? "none" : out;
}

constexpr std::string_view kSections[] = {"module",     "functions", "signatures", "memories",
                                          "ranges",     "sites",     "chains",     "frames",
                                          "pads",       "cpu",       "producer",   "fields",
                                          "value rows", "values",    "heights",    "trace file"};

} // namespace

std::string required_text(uint64_t bits) { return bits_text(bits, kRequired); }
std::string optional_text(uint64_t bits) { return bits_text(bits, kOptional); }

std::string frame_fields_text(const image::Image& image) {
  std::string fields;
#define WAX_FRAME_FIELD(bit, name, word)                                                           \
  if ((image.frame_fields >> bit & 1) != 0) fields += fields.empty() ? word : ", " word;
#include "image/frame.def"
#undef WAX_FRAME_FIELD
  return fields.empty() ? "none" : fields;
}

int print_image_error(const ModuleFile& file, FeatureSet features, const Error& error) {
  if (const std::string text = describe::image_error_text(file.file.bytes(), error); !text.empty())
    return print_error(fmt::format("{}: {}", file.path, text));
  // What is left is about the module inside.
  return print_module_error(file, features, error);
}

std::string image_text(const image::Image& image) {
  const image::Header& h = image.header;
  std::string out = fmt::format("  image      format {}, ABI {}, for {}\n", h.format_version,
                                h.abi_number, image.target->name);
  const size_t line = image.cpu.find('\n');
  const std::string_view features =
      line == std::string_view::npos ? std::string_view() : image.cpu.substr(line + 1);
  out += fmt::format("  processor  {}{}{}\n", image.cpu.substr(0, line),
                     features.empty() ? "" : ", uses ", features);
  out += fmt::format("  needs      {}\n", required_text(h.required));
  out += fmt::format("  has        {}\n", optional_text(h.optional));
  if (image.has_frames()) out += fmt::format("  frames: {}\n", frame_fields_text(image));
  if (!image.producer.empty()) out += fmt::format("  made by    {}\n", image.producer);
  out += "  build id   ";
  for (const uint8_t byte : h.build_id) out += fmt::format("{:02x}", byte);
  out += fmt::format("\n  checksum   {}\n",
                     h.checksum == 0 ? "none" : fmt::format("{:016x}", h.checksum));
  out += fmt::format("\nimage sections\n  {:<12}  {:#010x}  {:>10} bytes\n", "text", h.text_offset,
                     h.text_size);
  for (uint32_t kind = 1; kind <= std::size(kSections); ++kind) {
    const image::SectionRow row = image.section(static_cast<image::SectionKind>(kind));
    if (row.size != 0)
      out += fmt::format("  {:<12}  {:#010x}  {:>10} bytes\n", kSections[kind - 1], row.offset,
                         row.size);
  }
  return out;
}

} // namespace waxwing::tool
