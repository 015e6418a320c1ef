// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/loadable.hpp"

#include <filesystem>
#include <fmt/format.h>

#include "platform/library.hpp"

namespace waxwing::tool {

std::expected<void*, std::string> load_part(const Loadable& part) {
  char folder[4096];
  if (!platform::program_folder(folder, sizeof folder))
    return std::unexpected(fmt::format(
        "this program does not know where it is, and so not where the {} is", part.title));
  std::string looked;
  for (const std::string& place : {std::string(folder), std::string(folder) + "/../lib/waxwing"}) {
    const std::string path = place + "/" + part.file;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      looked += (looked.empty() ? "" : " and in ") + place;
      continue;
    }
    const char* why = nullptr;
    void* const library = platform::load_library(path.c_str(), why);
    if (library == nullptr)
      return std::unexpected(fmt::format("the {} can't be loaded: {}", part.title, why));
    void* const entry = platform::find_symbol(library, part.entry);
    if (entry == nullptr)
      return std::unexpected(fmt::format("{}: this is no {}", path, part.title));
    return entry;
  }
  return std::unexpected(fmt::format("there is no {} in this installation: {} is not in {} (builds "
                                     "with -DWAXWING_COMPILE=OFF have none)",
                                     part.title, part.file, looked));
}

} // namespace waxwing::tool
