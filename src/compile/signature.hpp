// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wasm/types.hpp"

namespace llvm {
class FunctionType;
}

namespace waxwing::compile {

/// What native conventions tell apart of value types.
enum class Kind : uint8_t { i32, i64, f32, f64, v128, ref };

[[nodiscard]] constexpr Kind kind_of(ValType type) {
  switch (type.code()) {
  case val::i32.code(): return Kind::i32;
  case val::i64.code(): return Kind::i64;
  case val::f32.code(): return Kind::f32;
  case val::f64.code(): return Kind::f64;
  case val::v128.code(): return Kind::v128;
  default: return Kind::ref;
  }
}

/// Bytes that a value takes in an array of cells, where pointers have `pointer` bytes (docs/abi.md,
/// section 2).
[[nodiscard]] constexpr uint32_t cell_bytes(Kind kind, uint32_t pointer) {
  switch (kind) {
  case Kind::i32:
  case Kind::f32:
  case Kind::ref: return pointer;
  case Kind::i64:
  case Kind::f64: return 8;
  case Kind::v128: return 16;
  }
  return pointer;
}

/// One letter a value, parameters and results apart by a colon. Tells native signatures apart.
[[nodiscard]] inline std::string signature_name(std::span<const ValType> params,
                                                std::span<const ValType> results) {
  constexpr char kLetters[] = {'i', 'l', 'f', 'd', 'v', 'p'};
  std::string name;
  for (ValType param : params) name += kLetters[static_cast<size_t>(kind_of(param))];
  name += ':';
  for (ValType result : results) name += kLetters[static_cast<size_t>(kind_of(result))];
  return name;
}

/// A native signature: a wasm signature with every reference alike (docs/abi.md, section 5).
struct Signature {
  /// `signature_name`
  std::string name;
  std::vector<Kind> params;
  std::vector<Kind> results;
  /// Results go to memory.
  bool has_results_pointer = false;
  /// Bytes of the cells that parameters and results take.
  uint32_t param_bytes = 0;
  uint32_t result_bytes = 0;
  llvm::FunctionType* native = nullptr;
  llvm::FunctionType* tail = nullptr;

  [[nodiscard]] uint32_t cells() const {
    return param_bytes > result_bytes ? param_bytes : result_bytes;
  }
};

} // namespace waxwing::compile
