// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which parts of a function's code catch what. Made by the translator, looked at when something is
// thrown and never before.
#pragma once

#include <cstdint>
#include <span>

namespace waxwing::interp {

/// One way out of a try region for an exception.
struct Catch {
  enum class Kind : uint8_t {
    tag,      // exceptions of `tag`; their values go to `slot`
    tag_ref,  // the same, and the exception behind the values
    ref_tag,  // the same, and the exception before the values
    all,      // any exception
    all_ref,  // any exception, which goes to `slot`
    delegate, // none: only regions of a level below `tag` are left
  };
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  Kind kind{};
  uint32_t tag = 0;
  /// Byte of the code to go on at.
  uint32_t landing = kNone;
  /// Offset in the frame.
  uint32_t slot = 0;
  /// What is tried next, or `kNone`.
  uint32_t next = kNone;
};

/// Code that throws here and in what it calls is caught by `first` and what follows it. Regions are
/// in the order of their ends, inner before outer.
struct TryRegion {
  uint32_t begin = 0;
  uint32_t end = 0;
  /// How many regions are open around it.
  uint32_t level = 0;
  /// The region around it that is recorded, or `Catch::kNone`.
  uint32_t parent = Catch::kNone;
  uint32_t first = Catch::kNone;
};

/// All regions of a function.
struct CatchTable {
  std::span<const TryRegion> regions;
  std::span<const Catch> catches;

  /// What catches an exception that comes from the byte of code at `at`, or null; `is_tag(index)`
  /// says whether it is one of the instance's tag of that index.
  template <class IsTag>
  [[nodiscard]] const Catch* find(uint32_t at, IsTag is_tag) const {
    // The first region that ends behind `at`: whatever else is around `at` is around that one too.
    size_t low = 0;
    size_t high = regions.size();
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (regions[middle].end <= at)
        low = middle + 1;
      else
        high = middle;
    }
    uint32_t limit = Catch::kNone;
    for (auto i = static_cast<uint32_t>(low); i < regions.size(); i = regions[i].parent) {
      const TryRegion& region = regions[i];
      if (region.begin > at || region.level >= limit) continue;
      for (uint32_t c = region.first; c != Catch::kNone; c = catches[c].next) {
        const Catch& entry = catches[c];
        switch (entry.kind) {
        case Catch::Kind::all:
        case Catch::Kind::all_ref: return &entry;
        case Catch::Kind::delegate: limit = entry.tag; break;
        default:
          if (is_tag(entry.tag)) return &entry;
        }
      }
    }
    return nullptr;
  }
};

} // namespace waxwing::interp
