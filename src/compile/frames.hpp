// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Frames for traces that don't rest on tables alone (docs/stack-traces.md, "Frames"). A frame is
// the record that every prologue writes: the caller's frame pointer and the return address. To push
// it is to store the frame pointer where the store of the instance has its innermost frame; to pop
// it, the caller's.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <string>

#include "image/layout.hpp"

namespace waxwing::compile {

/// Marks a function of the module, at the start of its body, as one that pushes a frame.
void mark_frame(llvm::IRBuilder<>& ir, llvm::Value* vm, llvm::Type* pointer, uint32_t alignment);

/// Takes the marks out, and lets each function that calls or may trap push its frame at its entry,
/// pop it at each return, and put it back where it catches exceptions. To be called when nothing is
/// inlined any more.
void push_frames(llvm::Module& ir, image::Layout layout);

/// The name of the slot of a value: `letter` is 'l' for locals, 'p' for arguments of imports.
[[nodiscard]] std::string value_slot_name(char letter, uint32_t index);
/// Reads such a name; false for another.
[[nodiscard]] bool read_value_slot(llvm::StringRef name, char& letter, uint32_t& index);

} // namespace waxwing::compile
