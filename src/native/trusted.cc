// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In the place of validation: the module inside a native program was validated before its code was
// compiled, and is as much a part of the program as that. What is found out on the way stays, but
// for the functions that are declared for `ref.func`, which is about bodies.
#include "wasm/validate.hpp"
#include "wasm/validate_module.hpp"

namespace waxwing {

Result<void> validate_declarations(Module& module) {
  TRY(module.declared_refs.resize(module.functions.size() / 8 + 1));
  return validate_types(module);
}
Result<void> validate(Module& module) { return validate_declarations(module); }

} // namespace waxwing
