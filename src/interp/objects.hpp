// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operators on objects that are functions (`ObjectCall`).
#pragma once

#include "interp/code.hpp"

namespace waxwing::interp::objects {

#define WAX_OBJECT(name)                                                                           \
  [[nodiscard]] TrapKind name(VmContext* vm, uint8_t* fp, const ObjectCall& call);
WAX_OBJECT(struct_new)
/// For types all of whose fields are as wide as a slot.
WAX_OBJECT(struct_new_of_slots)
WAX_OBJECT(struct_new_default)
/// `x`: cells of an element, `y`: number of elements (array.new_fixed) or segment.
WAX_OBJECT(array_new)
WAX_OBJECT(array_new_default)
WAX_OBJECT(array_new_fixed)
WAX_OBJECT(array_new_data)
WAX_OBJECT(array_new_elem)
WAX_OBJECT(array_fill)
WAX_OBJECT(array_copy)
WAX_OBJECT(array_init_data)
WAX_OBJECT(array_init_elem)
// Fields (at offset `x`) and elements of vectors.
WAX_OBJECT(get_field_v128)
WAX_OBJECT(set_field_v128)
WAX_OBJECT(get_element_v128)
WAX_OBJECT(set_element_v128)
#undef WAX_OBJECT

} // namespace waxwing::interp::objects
