// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "describe/image_text.hpp"

#include <fmt/format.h>

#include "image/format.hpp"

namespace waxwing::describe {

namespace {

struct Required {
  unsigned bit;
  std::string_view text;
};
constexpr Required kRequired[] = {
#define WAX_IMAGE_REQUIRED(bit, name, text) {bit, text},
#define WAX_IMAGE_OPTIONAL(bit, name, text)
#include "image/feature.def"
#undef WAX_IMAGE_OPTIONAL
#undef WAX_IMAGE_REQUIRED
};

std::string_view target_name(uint32_t target) {
  for (const image::TargetInfo& info : image::kTargets)
    if (static_cast<uint32_t>(info.target) == target) return info.name;
  return "an unknown target";
}

constexpr std::string_view kDamage[] = {
    "ELF header", "program header", "segment", "header", "section", "text", "function",
    "signature",  "memory",         "range",   "chain",  "frame",   "pad"};

} // namespace

std::string image_error_text(std::span<const uint8_t> image, const Error& error) {
  const std::string_view again = "compile the module again with 'waxwing compile'";
  switch (error.code) {
  case ErrorCode::image_truncated:
    return fmt::format("the image is cut off after {} bytes: copy or compile it again",
                       image.size());
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
    const auto* word = reinterpret_cast<const char*>(image.data()) + error.offset;
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
    for (const Required& entry : kRequired)
      if (entry.bit == error.a) need = entry.text;
    return fmt::format("the image is for a host where {}: allow signals here, or compile it with "
                       "--signals=off",
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

} // namespace waxwing::describe
