// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which features a module needs: found by trying.
#include "api/convert.hpp"

namespace waxwing::inline v0::impl {

namespace {

constexpr core::Feature kAll[] = {
#define WAX_FEATURE(name, text, since, default_on) core::Feature::name,
#include "wasm/feature.def"
#undef WAX_FEATURE
};

core::FeatureSet all_features() {
  core::FeatureSet set;
  for (core::Feature f : kAll) set.add(f);
  return set;
}

std::expected<void, core::Error> check(std::span<const uint8_t> bytes, core::FeatureSet features,
                                       bool has_no_code) {
  core::Module module(platform::default_allocator());
  module.has_no_code = has_no_code;
  TRY(decode(bytes, features, module));
  return has_no_code ? validate_declarations(module) : validate(module);
}

/// Adds the features of every operator in the bodies, which spares most trials below.
void add_operators(const core::Module& module, core::FeatureSet& needed) {
  for (const Function& function : module.functions) {
    if (function.body.size == 0) continue;
    ByteReader reader(module.slice(function.body), function.body.offset);
    auto groups = reader.leb_u32();
    if (!groups) return;
    for (uint32_t i = 0; i < *groups; ++i)
      if (!reader.leb_u32() || !read_val_type(reader, module.features)) return;
    Instruction instruction;
    while (!reader.at_end() && read_instruction(reader, module.features, instruction))
      needed.add(info(instruction.op).feature);
  }
}

} // namespace

std::expected<core::FeatureSet, core::Error> needed_features(std::span<const uint8_t> bytes,
                                                             bool has_no_code) {
  const core::FeatureSet all = all_features();
  core::FeatureSet needed;
  needed.add(Feature::mvp);
  {
    core::Module module(platform::default_allocator());
    module.has_no_code = has_no_code;
    if (auto decoded = decode(bytes, all, module); !decoded)
      return std::unexpected(decoded.error());
    add_operators(module, needed);
  }
  // Types and immediates need something too. An error names the feature that is missing, or else
  // the one is looked for that gets further.
  core::FeatureSet guessed;
  for (;;) {
    const auto valid = check(bytes, needed, has_no_code);
    if (valid) break;
    const core::Error error = valid.error();
    const auto named = static_cast<core::Feature>(error.a);
    if (error.code == core::ErrorCode::feature_disabled && !needed.has(named)) {
      needed.add(named);
      continue;
    }
    bool further = false;
    for (core::Feature f : kAll) {
      if (needed.has(f)) continue;
      core::FeatureSet more = needed;
      more.add(f);
      const auto again = check(bytes, more, has_no_code);
      further = again || again.error() != error;
      if (!further) continue;
      needed = more;
      guessed.add(f);
      break;
    }
    if (further) continue;
    if (auto with_all = check(bytes, all, has_no_code); !with_all)
      return std::unexpected(with_all.error());
    return all;
  }
  for (core::Feature f : kAll) {
    if (!guessed.has(f)) continue;
    core::FeatureSet less = needed;
    less.remove(f);
    if (check(bytes, less, has_no_code)) needed = less;
  }
  return needed;
}

} // namespace waxwing::inline v0::impl
