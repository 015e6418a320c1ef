// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/compiler_module.hpp"

#include "waxwing/loadable.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

std::expected<const WaxCompileInterface*, int> load_compiler() {
  static constexpr Loadable kCompiler = {"libwaxwing_compile.so", "compiler",
                                         compile::kEntrySymbol};
  const auto entry = load_part(kCompiler);
  if (!entry) return std::unexpected(error("{}", entry.error()));
  const WaxCompileInterface* const found = reinterpret_cast<WaxCompileEntry>(*entry)();
  if (found == nullptr || found->version != WAX_COMPILE_INTERFACE_VERSION)
    return std::unexpected(
        error("{}: this is the compiler of another version of the program", kCompiler.file));
  return found;
}

} // namespace waxwing::tool
