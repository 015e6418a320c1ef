// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <bit>
#include <cstdint>

#include "base/config.hpp"

namespace waxwing {

/// A keyed hash of a sequence of numbers: SipHash (Aumasson and Bernstein, 2012) with one round a
/// word and three at the end. Who doesn't know the key cannot make sequences that collide, so a
/// table that is filled from hostile input stays fast.
class Hasher {
 public:
  WAX_NOINLINE constexpr explicit Hasher(uint64_t key)
      : v0_(key ^ 0x736F6D6570736575), v1_(~key ^ 0x646F72616E646F6D),
        v2_(key ^ 0x6C7967656E657261), v3_(~key ^ 0x7465646279746573) {}

  constexpr void add(uint64_t word) {
    v3_ ^= word;
    round();
    v0_ ^= word;
    ++count_;
  }

  [[nodiscard]] WAX_NOINLINE constexpr uint64_t finish() {
    add(count_ << 56);
    v2_ ^= 0xFF;
    round();
    round();
    round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  constexpr void round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  uint64_t v0_, v1_, v2_, v3_;
  uint64_t count_ = 0;
};

} // namespace waxwing
