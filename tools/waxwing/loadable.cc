// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/loadable.hpp"

#include <filesystem>
#include <fmt/ranges.h>
#include <vector>

#include "platform/library.hpp"

namespace waxwing::tool {

// Beside the program, as it is built; in the library folder, as it is installed.
std::vector<std::string> part_folders() {
  char folder[4096];
  if (!platform::program_folder(folder, sizeof folder)) return {};
  return {folder, std::string(folder) + "/../lib/waxwing"};
}

std::string find_part(const Loadable& part) {
  std::error_code ignored;
  for (const std::string& folder : part_folders())
    if (std::string path = folder + "/" + part.file; std::filesystem::exists(path, ignored))
      return path;
  return {};
}

std::expected<void*, std::string> load_part(const Loadable& part) {
  const std::string path = find_part(part);
  if (path.empty()) {
    const std::vector<std::string> looked = part_folders();
    if (looked.empty())
      return std::unexpected(fmt::format(
          "this program does not know where it is, and so not where the {} is", part.title));
    return std::unexpected(
        fmt::format("there is no {} in this installation: {} is not in {} (builds with "
                    "-DWAXWING_COMPILE=OFF have none)",
                    part.title, part.file, fmt::join(looked, " and in ")));
  }
  const char* why = nullptr;
  void* const library = platform::load_library(path.c_str(), why);
  if (library == nullptr)
    return std::unexpected(fmt::format("the {} can't be loaded: {}", part.title, why));
  void* const entry = platform::find_symbol(library, part.entry);
  if (entry == nullptr) return std::unexpected(fmt::format("{}: this is no {}", path, part.title));
  return entry;
}

} // namespace waxwing::tool
