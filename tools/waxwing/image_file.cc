// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/image_file.hpp"

#include <fmt/format.h>

#include "describe/error_text.hpp"
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

std::string_view target_name(uint32_t target) {
  for (const image::TargetInfo& info : image::kTargets)
    if (static_cast<uint32_t>(info.target) == target) return info.name;
  return "an unknown target";
}

constexpr std::string_view kDamage[] = {
    "ELF header", "program header", "segment", "header", "section", "text", "function",
    "signature",  "memory",         "range",   "chain",  "frame",   "pad"};

constexpr std::string_view kSections[] = {"module", "functions", "signatures", "memories",
                                          "ranges", "sites",     "chains",     "frames",
                                          "pads",   "cpu",       "producer"};

std::string refusal(const ModuleFile& file, const Error& error) {
  const std::string_view again = "compile the module again with 'waxwing compile'";
  switch (error.code) {
  case ErrorCode::image_truncated:
    return fmt::format("the image is cut off after {} bytes: copy or compile it again",
                       file.file.bytes().size());
  case ErrorCode::image_malformed:
    return fmt::format("{:#x}: the image is damaged ({}): {}", error.offset,
                       error.a < std::size(kDamage) ? kDamage[error.a] : "?", again);
  case ErrorCode::image_format_version:
    return fmt::format("the image has format version {}, this program reads {}: {}", error.a,
                       error.b, again);
  case ErrorCode::image_abi_number:
    return fmt::format("the image was compiled for ABI {}, this program has {}: {}", error.a,
                       error.b, again);
  case ErrorCode::image_target:
    return fmt::format("the image is for {}, this program runs {}: compile it with --target={}",
                       target_name(error.a), target_name(error.b), target_name(error.b));
  case ErrorCode::image_required_bit:
    return fmt::format("the image needs feature {}, which this version does not know: run it with "
                       "a newer one, or {}",
                       error.a, again);
  case ErrorCode::image_checksum:
    return "the checksum of the image is wrong: copy or compile it again";
  case ErrorCode::image_cpu_feature: {
    const auto* word = reinterpret_cast<const char*>(file.file.bytes().data()) + error.offset;
    return fmt::format("the image uses '{}', which this processor does not have: compile it with "
                       "--cpu=generic",
                       std::string_view(word, error.a));
  }
  case ErrorCode::image_metering:
    return error.a == 0 ? "the image does not count fuel: compile it with --metering, or run it "
                          "without --fuel"
                        : "the image counts fuel: run it with --fuel";
  case ErrorCode::image_slots: return "this build has 32-bit slots, which runs no images";
  case ErrorCode::image_host: {
    std::string_view need = "signals";
    for (const BitText& entry : kRequired)
      if (entry.bit == error.a) need = entry.text;
    return fmt::format("the image is for a host where {}: compile it with --traps=call "
                       "--bounds-checks=explicit --interrupt=poll",
                       need);
  }
  case ErrorCode::image_module_mismatch:
    return fmt::format("the image's tables do not agree with its module ({} and {}): {}", error.a,
                       error.b, again);
  case ErrorCode::image_not_executable:
    return "the system does not let this program make code executable";
  default: return {};
  }
}

} // namespace

std::string required_text(uint64_t bits) { return bits_text(bits, kRequired); }
std::string optional_text(uint64_t bits) { return bits_text(bits, kOptional); }

int print_image_error(const ModuleFile& file, FeatureSet features, const Error& error) {
  if (const std::string text = refusal(file, error); !text.empty())
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
