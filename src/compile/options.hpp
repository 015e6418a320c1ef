// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "compile/interface.hpp"
#include "compile/target.hpp"

namespace waxwing::compile {

enum class TraceMode : uint8_t {
  table = WAX_TRACE_TABLE,
  frames = WAX_TRACE_FRAMES,
  none = WAX_TRACE_NONE,
};

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
  TraceMode trace = TraceMode::table;
  /// Fields of the frames (image/frame.def); only with `TraceMode::frames`.
  uint32_t frame_fields = 0;
  bool split_trace = false;
  /// The name of the file that goes beside the image then.
  std::string trace_file;
  /// The end of the stack is found by probes that fault; else functions compare with its limit.
  bool probes = true;
  bool meters = false;
  bool deterministic = false;
  bool embed_module = false;
  bool names_only = false;
  bool check_sites = false;
  /// Looks whether the IR that this compiler makes is valid, which its own tests ask for: it takes
  /// a tenth of the time of -O0.
  bool check_ir = false;
  bool checksum = false;
  bool debug_info = false;
  /// What debug information calls the module.
  std::string name;
  /// The caller's; empty where it knows none.
  std::span<const WaxSourceLine> source_lines;
  /// 0: one a processor.
  uint32_t threads = 0;
  /// The processor rounds floats to integers by instructions; found from `features`.
  bool has_rounding = false;
  /// It selects bytes of a vector by the bytes of another; found from `features`.
  bool has_byte_shuffle = false;
  /// Without a sandbox: addresses of the module are the machine's (compile/direct_module.hpp).
  bool direct = false;
  /// Bytes of each thread for what functions without a sandbox allocate at run time.
  uint64_t direct_stack_bytes = 0;

  [[nodiscard]] bool has_frames() const { return trace == TraceMode::frames; }
  [[nodiscard]] bool has_field(uint32_t fields) const {
    return has_frames() && (frame_fields & fields) != 0;
  }
  /// Whether calls have sites, which say what is inlined where; with their offsets or without.
  [[nodiscard]] bool tells_calls() const {
    return trace == TraceMode::table ||
           has_field(image::frame::func_idx | image::frame::ip | image::frame::sp);
  }
  [[nodiscard]] bool tells_call_offsets() const {
    return trace == TraceMode::table || has_field(image::frame::ip | image::frame::sp);
  }
  /// Whether traps and accesses to memories have their offsets.
  [[nodiscard]] bool tells_traps() const {
    return trace == TraceMode::table || has_field(image::frame::trap_ip);
  }
  /// Whether traps and accesses have sites, for their offsets or for what is inlined there.
  [[nodiscard]] bool tells_faults() const { return tells_traps() || tells_calls(); }
  /// Of the calls only those are kept from being merged whose merging would cost more offsets than
  /// text.
  [[nodiscard]] bool is_selective() const { return for_size && tells_calls(); }

  [[nodiscard]] const Capabilities& target_facts() const { return capabilities(target); }
  [[nodiscard]] const image::TargetInfo& info() const { return target_info(target); }
};

} // namespace waxwing::compile
