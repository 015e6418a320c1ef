// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>

#include "wasm/op.hpp"

namespace waxwing {

namespace {

constexpr std::string_view kNames[kOpCount] = {
#define WAX_OP(prefix, code, name, text, immediate, width, signature, feature) text,
#include "wasm/op.def"
#undef WAX_OP
};

/// The operators in the order of their names, and of their numbers where names are equal.
struct ByName {
  uint16_t ops[kOpCount];

  consteval ByName() {
    for (size_t i = 0; i < kOpCount; ++i) ops[i] = static_cast<uint16_t>(i);
    std::sort(ops, ops + kOpCount, [](uint16_t a, uint16_t b) {
      const int order = kNames[a].compare(kNames[b]);
      return order != 0 ? order < 0 : a < b;
    });
  }
};
constexpr ByName kByName;

} // namespace

std::string_view op_name(Op op) {
  const auto index = static_cast<size_t>(op);
  return index < kOpCount ? kNames[index] : std::string_view{};
}

Op find_op_by_name(std::string_view name) {
  const uint16_t* const end = kByName.ops + kOpCount;
  const uint16_t* found =
      std::lower_bound(kByName.ops, end, name,
                       [](uint16_t op, std::string_view wanted) { return kNames[op] < wanted; });
  return found != end && kNames[*found] == name ? static_cast<Op>(*found) : kNoOp;
}

} // namespace waxwing
