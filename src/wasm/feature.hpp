// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string_view>

namespace waxwing {

enum class Feature : uint8_t {
#define WAX_FEATURE(name, text, since, default_on) name,
#include "wasm/feature.def"
#undef WAX_FEATURE
};

/// Which proposals a module may use. A plain value; chosen at run time.
class FeatureSet {
 public:
  constexpr FeatureSet() = default;

  /// All of core Wasm 3.0, threads, wide arithmetic and custom page sizes.
  static constexpr FeatureSet defaults() {
    FeatureSet set;
#define WAX_FEATURE(name, text, since, default_on)                                                 \
  if (default_on) set.add(Feature::name);
#include "wasm/feature.def"
#undef WAX_FEATURE
    return set;
  }

  /// Exactly what version 1, 2 or 3 of the core specification has.
  static constexpr FeatureSet version(unsigned number) {
    FeatureSet set;
#define WAX_FEATURE(name, text, since, default_on)                                                 \
  if (unsigned first = since; first != 0 && first <= number) set.add(Feature::name);
#include "wasm/feature.def"
#undef WAX_FEATURE
    return set;
  }

  [[nodiscard]] constexpr bool has(Feature f) const {
    return (bits_ >> static_cast<unsigned>(f) & 1) != 0;
  }
  constexpr void add(Feature f) { bits_ |= uint64_t{1} << static_cast<unsigned>(f); }
  constexpr void remove(Feature f) { bits_ &= ~(uint64_t{1} << static_cast<unsigned>(f)); }
  [[nodiscard]] constexpr uint64_t bits() const { return bits_; }
  friend constexpr bool operator==(FeatureSet, FeatureSet) = default;

 private:
  uint64_t bits_ = 0;
};

} // namespace waxwing
