// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "compile/link.hpp"
#include "compile/plan.hpp"
#include "compile/sites.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

/// What goes into an image beside the code.
struct PackInput {
  const waxwing::Module& wasm;
  const Options& options;
  /// By object.
  std::span<const CodeFacts> code;
  const ModulePlan& plan;
  /// By memory: reached without checks.
  std::vector<bool> is_guarded;
  /// Words of the processor and the features that the code was made for.
  std::string cpu;
  std::string producer;
};

struct Packed {
  std::vector<uint8_t> image;
  /// What was split off; empty where nothing was to be.
  std::vector<uint8_t> trace;
  /// For people, a line each.
  std::string notes;
};

/// Lays the image out (docs/abi.md, section 13).
[[nodiscard]] Outcome<Packed> pack(const PackInput& input, const Linked& linked);

} // namespace waxwing::compile
