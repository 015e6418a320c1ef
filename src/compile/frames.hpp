// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values in frames (docs/stack-traces.md, "Frames"). A frame is the record that every prologue
// pushes and every epilogue pops: the caller's frame pointer and the return address. Nothing else
// is done at run time for a frame to be there; what it holds of values lies in slots, told by their
// names.
#pragma once

#include <cstdint>
#include <llvm/ADT/StringRef.h>
#include <string>

namespace waxwing::compile {

/// The name of the slot of a value: `letter` is 'l' for locals, 'p' for arguments of imports.
[[nodiscard]] std::string value_slot_name(char letter, uint32_t index);
/// Reads such a name; false for another.
[[nodiscard]] bool read_value_slot(llvm::StringRef name, char& letter, uint32_t& index);

} // namespace waxwing::compile
