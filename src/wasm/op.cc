// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasm/op.hpp"

namespace waxwing {

namespace {

/// All operators behind one prefix, indexed by code.
template <unsigned Prefix>
struct Table {
  static constexpr size_t kSize = [] {
    size_t end = 0;
    for (const OpInfo& op : kOpInfo)
      if (op.prefix == Prefix && op.code >= end) end = op.code + size_t{1};
    return end;
  }();

  Op ops[kSize];

  constexpr Table() {
    for (Op& op : ops) op = kNoOp;
    for (size_t i = 0; i < kOpCount; ++i)
      if (kOpInfo[i].prefix == Prefix) ops[kOpInfo[i].code] = static_cast<Op>(i);
  }
  [[nodiscard]] Op find(uint32_t code) const { return code < kSize ? ops[code] : kNoOp; }
};

constexpr Table<0x00> kPlain;
constexpr Table<0xFB> kAggregate;
constexpr Table<0xFC> kNumeric;
constexpr Table<0xFD> kVector;
constexpr Table<0xFE> kAtomic;

} // namespace

Op find_op(uint8_t prefix, uint32_t code) {
  switch (prefix) {
  case 0x00: return kPlain.find(code);
  case 0xFB: return kAggregate.find(code);
  case 0xFC: return kNumeric.find(code);
  case 0xFD: return kVector.find(code);
  case 0xFE: return kAtomic.find(code);
  default: return kNoOp;
  }
}

} // namespace waxwing
