// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compile/interface.hpp"
#include "compile/target.hpp"

namespace waxwing::compile {

/// What `WaxCompileOptions` asks for, with everything that it leaves open decided.
struct Options {
  Target target = Target::x86_64;
  std::string cpu;
  /// The processor to tune for; empty: `cpu`.
  std::string tune_cpu;
  /// LLVM's feature words, the target's own included.
  std::string features;
  unsigned optimization = 2;
  bool for_size = false;
  WaxEmit emit = WAX_EMIT_IMAGE;
  /// Memories have no guard pages.
  bool explicit_checks = false;
  /// Traps are calls of the builtin.
  bool call_traps = false;
  bool polls = false;
  /// The end of the stack is found by probes that fault; else functions compare with its limit.
  bool probes = true;
  bool meters = false;
  bool deterministic = false;
  bool embed_module = false;
  bool checksum = false;
  /// 0: one a processor.
  uint32_t threads = 0;
  /// The processor rounds floats to integers by instructions; found from `features`.
  bool has_rounding = false;
  /// It selects bytes of a vector by the bytes of another; found from `features`.
  bool has_byte_shuffle = false;

  [[nodiscard]] const Capabilities& target_facts() const { return capabilities(target); }
  [[nodiscard]] const image::TargetInfo& info() const { return target_info(target); }
};

} // namespace waxwing::compile
