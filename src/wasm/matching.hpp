// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// More of matching (spec section 3.3) than `module.hpp` shows to everyone. All indices in the types
// given are in range, and the module's canonical indices are known.
#pragma once

#include <span>

#include "wasm/module.hpp"

namespace waxwing {

[[nodiscard]] bool type_index_matches(const Module& module, TypeIndex sub, TypeIndex super);
[[nodiscard]] bool matches(const Module& module, const FieldType& sub, const FieldType& super);
[[nodiscard]] bool matches(const Module& module, std::span<const ValType> sub,
                           std::span<const ValType> super);
/// Whether the structure of `sub` may stand below that of `super` (spec section 3.3.10),
/// whatever their declared supertypes are.
[[nodiscard]] bool structure_matches(const Module& module, const DefType& sub,
                                     const DefType& super);
/// The top of the hierarchy that `type` is in: func, extern, exn or any.
[[nodiscard]] HeapType top_of(const Module& module, HeapType type);

} // namespace waxwing
