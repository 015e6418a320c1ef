// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/helpers.hpp"

// Compiled from helpers/ for each target when this is built; see room.cmake.
#define WAX_TARGET(number, name, ...)                                                              \
  extern "C" const uint8_t wax_helpers_##name[];                                                   \
  extern "C" const uint8_t wax_helpers_end_##name[];                                               \
  asm(".pushsection .rodata\n"                                                                     \
      ".balign 16\n"                                                                               \
      ".hidden wax_helpers_" #name "\n"                                                            \
      ".global wax_helpers_" #name "\n"                                                            \
      "wax_helpers_" #name ":\n"                                                                   \
      ".incbin \"" WAX_HELPERS "/" #name ".o\"\n"                                                  \
      ".hidden wax_helpers_end_" #name "\n"                                                        \
      ".global wax_helpers_end_" #name "\n"                                                        \
      "wax_helpers_end_" #name ":\n"                                                               \
      ".popsection\n");
#include "image/target.def"
#undef WAX_TARGET

namespace waxwing::compile {

std::span<const uint8_t> helper_object(Target target) {
  switch (target) {
#define WAX_TARGET(number, name, ...)                                                              \
  case Target::name: return {wax_helpers_##name, wax_helpers_end_##name};
#include "image/target.def"
#undef WAX_TARGET
  }
  return {};
}

} // namespace waxwing::compile
