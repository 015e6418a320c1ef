// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "describe/value_text.hpp"

#include <bit>
#include <fmt/format.h>

#include "base/bits.hpp"
#include "runtime/instance.hpp"

namespace waxwing::describe {

namespace {

template <class Bits, class Float>
std::string float_text(Bits bits) {
  constexpr unsigned kMantissa = sizeof(Bits) == 4 ? 23 : 52;
  constexpr Bits kMask = (Bits{1} << kMantissa) - 1;
  constexpr Bits kExponent = (~Bits{0} >> 1) & ~kMask;
  if ((bits & kExponent) == kExponent && (bits & kMask) != 0) {
    const char* sign = (bits >> (sizeof(Bits) * 8 - 1)) != 0 ? "-" : "";
    const Bits payload = bits & kMask;
    if (payload == Bits{1} << (kMantissa - 1)) return fmt::format("{}nan", sign);
    return fmt::format("{}nan:{:#x}", sign, payload);
  }
  return fmt::format("{}", std::bit_cast<Float>(bits));
}

} // namespace

std::string f32_text(uint32_t bits) { return float_text<uint32_t, float>(bits); }
std::string f64_text(uint64_t bits) { return float_text<uint64_t, double>(bits); }

std::string v128_text(const uint8_t* bytes) {
  std::string out = "i32x4";
  for (size_t i = 0; i < 4; ++i)
    out += fmt::format(" {:#010x}", load_unaligned<uint32_t>(bytes + 4 * i));
  return out;
}

std::string function_text(const runtime::FuncRef& function) {
  if (function.vmctx == nullptr) return "ref.func (host)";
  return fmt::format("ref.func {}", runtime::Instance::of(function.vmctx)->index_of(function));
}

} // namespace waxwing::describe
