// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

#include "base/bits.hpp"
#include "base/reader.hpp"
#include "wasm/feature.hpp"
#include "wasm/op.hpp"
#include "wasm/types.hpp"

namespace waxwing {

/// Alignment (log2), memory and offset of a memory operator (spec section 5.4.6).
struct MemArg {
  uint64_t offset = 0;
  uint32_t memory = 0;
  uint32_t align = 0;
};

/// The type of a block: none, one value, or a type index.
struct BlockType {
  enum class Kind : uint8_t { empty, value, index };
  Kind kind = Kind::empty;
  ValType value;
  TypeIndex index = 0;
};

enum class CatchKind : uint8_t { catch_ = 0, catch_ref = 1, catch_all = 2, catch_all_ref = 3 };

struct CatchClause {
  CatchKind kind{};
  uint32_t tag = 0; // not for the catch_all forms
  uint32_t label = 0;
};

/// One decoded instruction with its immediates; see `Imm` for which fields an operator fills.
struct Instruction {
  Op op{};
  uint32_t offset = 0; // of its first byte in the module
  uint32_t x = 0;
  uint32_t y = 0;
  union {
    MemArg memarg;
    int32_t i32;
    int64_t i64;
    uint32_t f32; // bits
    uint64_t f64; // bits
    V128 v128;
    BlockType block;
    struct {
      HeapType type;
      HeapType type2;
      bool nullable;
      bool nullable2;
    } cast;
  };
  /// Lane of a `memarg_lane` operator.
  uint8_t lane = 0;
  /// Vectors (labels of br_table, types of select, catch clauses) are not stored: `count` is their
  /// length, and they start at `vector`. Read them with `read_label`, `read_val_type`,
  /// `read_catch`; the default label of br_table is the one after the last.
  uint32_t count = 0;
  const uint8_t* vector = nullptr;

  Instruction() : v128{} {}
};

/// Reads the instruction at `reader` and leaves it behind its last byte, vectors included. Fails
/// where the bytes are malformed or use an operator or immediate whose feature is off.
[[nodiscard]] Result<void> read_instruction(ByteReader& reader, FeatureSet features,
                                            Instruction& instruction);

/// Pieces of the binary format that several readers share.
[[nodiscard]] Result<ValType> read_val_type(ByteReader& reader, FeatureSet features);
[[nodiscard]] Result<HeapType> read_heap_type(ByteReader& reader, FeatureSet features);
[[nodiscard]] Result<CatchClause> read_catch(ByteReader& reader);

/// Moves `reader` behind the `end` that closes the expression it is at (spec section 5.4.9).
[[nodiscard]] Result<void> skip_expression(ByteReader& reader, FeatureSet features);

} // namespace waxwing
