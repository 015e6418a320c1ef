// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant expressions whose value is known without running them.
#pragma once

#include <optional>

#include "base/reader.hpp"
#include "wasm/instruction.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

/// The one operator of an expression that has no more; nothing for longer ones.
[[nodiscard]] inline std::optional<waxwing::Instruction> only_operator(const waxwing::Module& wasm,
                                                                       ConstExpr expression) {
  ByteReader reader(wasm.slice(expression), expression.offset);
  waxwing::Instruction at;
  waxwing::Instruction end;
  if (!read_instruction(reader, wasm.features, at) ||
      !read_instruction(reader, wasm.features, end) || end.op != Op::end)
    return std::nullopt;
  return at;
}

} // namespace waxwing::compile
