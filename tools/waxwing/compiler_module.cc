// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/compiler_module.hpp"

#include <filesystem>
#include <string>

#include "platform/library.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

std::expected<const WaxCompileInterface*, int> load_compiler() {
  static constexpr const char* kName = "libwaxwing_compile.so";
  char folder[4096];
  if (!platform::program_folder(folder, sizeof folder))
    return std::unexpected(error("this program does not know where it is, and so not where the "
                                 "compiler is"));
  // Beside the program, as it is built; in the library folder, as it is installed.
  std::string looked;
  for (const std::string& place : {std::string(folder), std::string(folder) + "/../lib/waxwing"}) {
    const std::string path = place + "/" + kName;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      looked += (looked.empty() ? "" : " and in ") + place;
      continue;
    }
    const char* why = nullptr;
    void* const library = platform::load_library(path.c_str(), why);
    if (library == nullptr) return std::unexpected(error("the compiler can't be loaded: {}", why));
    const auto entry =
        reinterpret_cast<WaxCompileEntry>(platform::find_symbol(library, compile::kEntrySymbol));
    const WaxCompileInterface* const found = entry == nullptr ? nullptr : entry();
    if (found == nullptr || found->version != WAX_COMPILE_INTERFACE_VERSION)
      return std::unexpected(
          error("{}: this is the compiler of another version of the program", path));
    return found;
  }
  return std::unexpected(error("there is no compiler in this installation: {} is not in {} (builds "
                               "with -DWAXWING_COMPILE=OFF have none)",
                               kName, looked));
}

} // namespace waxwing::tool
