// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What differs between targets, as facts that the rest of the compiler asks for (docs/abi.md,
// section 5). No other file of the room knows a target by its name.
#pragma once

#include <cstdint>
#include <string_view>

#include "image/format.hpp"

namespace waxwing::compile {

using image::Target;

/// How the tail entry of a function is reached.
enum class TailEntry : uint8_t {
  /// `tailcc` with the parameters as arguments.
  tailcc,
  /// The C convention; parameters lie in `VmContext::tail_arguments`.
  memory,
};

/// The instruction that selects bytes of a vector by the bytes of another.
struct ByteShuffle {
  /// The feature that has it: "" where that is every processor, null where it is none.
  const char* feature = nullptr;
  /// LLVM's number of the intrinsic for it, and whether that has a type for a parameter.
  unsigned intrinsic = 0;
  bool is_overloaded = false;
  /// A selector gives zero where its sign is set; else where it is 16 or more.
  bool zero_by_sign = false;
};

struct Capabilities {
  Target target;
  TailEntry tail_entry;
  /// A v128 is one argument `<16 x i8>`; else two i64.
  bool vector_arguments;
  /// A store may fault after it has written some of its bytes.
  bool torn_stores;
  /// `llvm.minimum` and `llvm.maximum` can be selected, and make NaNs quiet.
  bool min_max;
  /// `musttail` loses stack arguments: made `tail` before code generation.
  bool musttail_is_broken;
  /// There are instructions for atomic accesses of 64 bits.
  bool atomic_64;
  /// The fast instruction selection of -O0 knows all conventions.
  bool fast_selection;
  /// Several jumps may use one jump table.
  bool jump_tables_are_shared;
  /// Addresses have a base and an index, and not every register is as good a base.
  bool bases_differ;
  /// Where in a line of code a small loop begins tells how fast it is.
  bool has_code_lines;
  /// The name that LLVM's instruction table gives `llvm.trap`.
  const char* trap_instruction;
  /// Bytes from the frame pointer to the canonical frame address where nothing lies in between; 0
  /// where any distance is right.
  uint32_t frame_record;
  /// The feature that has instructions for rounding floats to integers: "" where that is every
  /// processor, null where it is none.
  const char* rounding;
  ByteShuffle byte_shuffle;
  /// LLVM's words for features without which code would be worse or wrong, for every image of the
  /// target.
  const char* features;
  /// Relocation types that only depend on distances, ended by 0.
  const uint32_t* relative_relocations;
  /// The type of those that fill an address in.
  uint32_t address_relocation;
};

[[nodiscard]] const Capabilities& capabilities(Target target);
[[nodiscard]] const image::TargetInfo& target_info(Target target);
/// The target with a name of image/target.def ("thumbv8m.main" is known as well), or null.
[[nodiscard]] const image::TargetInfo* find_target(std::string_view name);
/// What this program runs on, or null where images can't be made for it.
[[nodiscard]] const image::TargetInfo* host_target();

} // namespace waxwing::compile
