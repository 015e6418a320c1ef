// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The quick lane of body validation: instructions that need nothing but a look at the top of the
// stack, in a loop that keeps its state in registers. It knows them from the operator table alone
// and never fails: what is not plainly right is left to the general path, which makes the errors.
#include "wasm/validate.hpp"

namespace waxwing {

namespace {

enum class Lane : uint8_t { none, plain, load, store, constant, local_get, local_set, local_tee };

/// One one-byte operator; types as letters, so that the whole table is 2 KB.
struct Quick {
  Lane lane = Lane::none;
  uint8_t width = 0;
  uint8_t param_count = 0;
  Letter params[2] = {};
  Letter result = Letter::none;
};

struct QuickTable {
  Quick rows[256];

  consteval QuickTable() {
    for (size_t i = 0; i < kOpCount; ++i) {
      const OpInfo& op = kOpInfo[i];
      if (op.prefix == 0 && op.feature == Feature::mvp)
        rows[op.code] = row_of(static_cast<Op>(i), op);
    }
  }

  static consteval Quick row_of(Op op, const OpInfo& info) {
    Quick row;
    row.width = info.width;
    row.param_count = info.param_count;
    row.params[0] = info.params[0];
    row.params[1] = info.params[1];
    row.result = info.results[0];
    if (op == Op::local_get)
      row.lane = Lane::local_get;
    else if (op == Op::local_set)
      row.lane = Lane::local_set;
    else if (op == Op::local_tee)
      row.lane = Lane::local_tee;
    else if (info.immediate == Imm::memarg)
      row.lane = info.result_count != 0 ? Lane::load : Lane::store;
    else if (info.immediate == Imm::i32 || info.immediate == Imm::i64)
      row.lane = Lane::constant;
    else if (!info.special && info.immediate == Imm::none && info.result_count == 1 &&
             (info.param_count == 1 || info.param_count == 2))
      row.lane = Lane::plain;
    return row;
  }
};
constexpr QuickTable kQuick;

constexpr ValType kTypes[] = {val::bottom, val::i32,  val::i64,   val::f32,
                              val::f64,    val::v128, val::bottom};
constexpr ValType type_of(Letter letter) { return kTypes[static_cast<size_t>(letter)]; }

/// More bytes than any instruction of the lane has.
constexpr ptrdiff_t kLongest = 8;

/// Length of the number at `at` if that is at most four bytes, which all fit into 32 bits; else 0.
WAX_ALWAYS_INLINE unsigned short_number(const uint8_t* at) {
  if (at[0] < 0x80) return 1;
  if (at[1] < 0x80) return 2;
  if (at[2] < 0x80) return 3;
  return at[3] < 0x80 ? 4 : 0;
}

} // namespace

const uint8_t* FunctionValidator::check_quick(const uint8_t* at, const uint8_t* end) {
  const ValType* const bottom = operands_.begin() + controls_.back().height;
  ValType* top = operands_.end();
  ValType* const limit = operands_.begin() + operands_.capacity();
  const ValType* const locals = locals_.data();
  size_t local_count = tracks_locals_ ? 0 : locals_.size();
  if (local_count > 0x80) local_count = 0x80;
  const ValType address = module_->memories.empty()          ? val::bottom
                          : module_->memories[0].limits.is64 ? val::i64
                                                             : val::i32;
  const auto step = [&]() -> bool {
    const Quick& row = kQuick.rows[*at];
    switch (row.lane) {
    case Lane::none: return false;
    case Lane::plain:
      if (row.param_count == 2) {
        if (top - bottom < 2 || top[-1] != type_of(row.params[1]) ||
            top[-2] != type_of(row.params[0]))
          return false;
        --top;
      } else if (top == bottom || top[-1] != type_of(row.params[0])) {
        return false;
      }
      top[-1] = type_of(row.result);
      ++at;
      return true;
    case Lane::load: {
      const unsigned offset = short_number(at + 2);
      if (at[1] > row.width || offset == 0 || top == bottom || top[-1] != address) return false;
      top[-1] = type_of(row.result);
      at += 2 + offset;
      return true;
    }
    case Lane::store: {
      const unsigned offset = short_number(at + 2);
      if (at[1] > row.width || offset == 0 || top - bottom < 2 ||
          top[-1] != type_of(row.params[1]) || top[-2] != address)
        return false;
      top -= 2;
      at += 2 + offset;
      return true;
    }
    case Lane::constant: {
      const unsigned size = short_number(at + 1);
      if (size == 0 || top == limit) return false;
      *top++ = type_of(row.result);
      at += 1 + size;
      return true;
    }
    case Lane::local_get:
      if (at[1] >= local_count || top == limit) return false;
      *top++ = locals[at[1]];
      at += 2;
      return true;
    case Lane::local_set:
      if (at[1] >= local_count || top == bottom || top[-1] != locals[at[1]]) return false;
      --top;
      at += 2;
      return true;
    case Lane::local_tee:
      if (at[1] >= local_count || top == bottom || top[-1] != locals[at[1]]) return false;
      at += 2;
      return true;
    }
    return false;
  };
  while (end - at >= kLongest && step()) {
  }
  operands_.set_size(static_cast<size_t>(top - operands_.begin()));
  return at;
}

} // namespace waxwing
