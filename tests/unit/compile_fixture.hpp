// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "compile/codegen.hpp"
#include "compile/job.hpp"
#include "text/parse.hpp"

namespace waxwing::compile {

/// A binary module of a text.
inline std::vector<uint8_t> translate(std::string_view text) {
  auto module = text::parse_module(text);
  EXPECT_TRUE(module.has_value()) << module.error().message << " in line " << module.error().line;
  return module ? std::move(module->bytes) : std::vector<uint8_t>();
}

inline Options options_for(Target target) {
  initialize_targets();
  Options options;
  options.target = target;
  const image::TargetInfo& info = target_info(target);
  options.call_traps = options.polls = !info.signal_traps;
  options.probes = info.probes;
  options.check_ir = true;
  const auto completed = complete(options, "generic", "");
  EXPECT_TRUE(completed.has_value());
  return options;
}

/// What came of compiling, or the error in words.
inline std::string compile(const std::vector<uint8_t>& module, const Options& options,
                           std::vector<uint8_t>* result = nullptr,
                           FeatureSet features = FeatureSet::defaults()) {
  const auto made = run_contained(module, features, options, {});
  if (!made)
    return made.error().text + (made.error().function == kNoIndex
                                    ? ""
                                    : " in func " + std::to_string(made.error().function));
  if (result != nullptr) *result = made->image;
  return made->image.empty() ? "nothing" : "";
}

} // namespace waxwing::compile
