// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a memory begins and how large it is, in IR: loads from its head, which is in the instance
// (docs/abi.md, section 3).
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <optional>

#include "image/layout.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

/// Of the targets whose loops have copies in vectors.
inline constexpr image::Layout kWideLayout{8};

/// What is loaded from a memory's head.
struct ExtentField {
  uint32_t memory;
  bool is_size;
  friend bool operator==(const ExtentField&, const ExtentField&) = default;
};

/// Base and size of a memory.
struct Extent {
  llvm::Value* base = nullptr;
  llvm::Value* size = nullptr;
};

/// The instance's own context, which direct calls pass on, or null where the function has none.
[[nodiscard]] llvm::Value* context_of(const llvm::Function& function);

/// What a value is if it was loaded from a memory's head, on whatever way came here.
[[nodiscard]] std::optional<ExtentField>
extent_field(const llvm::Value* value, const llvm::Value* vm, const waxwing::Module& wasm);

/// Loads base and size of a memory.
[[nodiscard]] Extent load_extent(llvm::IRBuilder<>& ir, llvm::Value* vm, uint32_t memory);

} // namespace waxwing::compile
