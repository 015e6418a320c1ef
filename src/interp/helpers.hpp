// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators as functions: bulk memory, tables, growth. `x` and `y` of the call are the operator's
// immediates, `a` to `c` the slots of its operands, `d` the slot of its result. The names that end
// in _64 are for 64-bit memories and tables; of copies, the first width is the destination's.
#pragma once

#include "interp/code.hpp"

namespace waxwing::interp::help {

#define WAX_HELPER(name)                                                                           \
  [[nodiscard]] TrapKind name(VmContext* vm, uint8_t* fp, const HelperCall& call);
WAX_HELPER(memory_size)
WAX_HELPER(memory_size_64)
WAX_HELPER(memory_grow)
WAX_HELPER(memory_grow_64)
WAX_HELPER(memory_init)
WAX_HELPER(memory_init_64)
WAX_HELPER(data_drop)
WAX_HELPER(memory_copy)
WAX_HELPER(memory_copy_32_64)
WAX_HELPER(memory_copy_64_32)
WAX_HELPER(memory_copy_64)
WAX_HELPER(memory_fill)
WAX_HELPER(memory_fill_64)
WAX_HELPER(table_get)
WAX_HELPER(table_get_64)
WAX_HELPER(table_set)
WAX_HELPER(table_set_64)
WAX_HELPER(table_size)
WAX_HELPER(table_size_64)
WAX_HELPER(table_grow)
WAX_HELPER(table_grow_64)
WAX_HELPER(table_fill)
WAX_HELPER(table_fill_64)
WAX_HELPER(table_init)
WAX_HELPER(table_init_64)
WAX_HELPER(elem_drop)
WAX_HELPER(table_copy)
WAX_HELPER(table_copy_32_64)
WAX_HELPER(table_copy_64_32)
WAX_HELPER(table_copy_64)
WAX_HELPER(ref_func)
WAX_HELPER(global_get_v128)
WAX_HELPER(global_set_v128)
#undef WAX_HELPER

} // namespace waxwing::interp::help
