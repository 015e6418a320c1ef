// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/part.hpp"

#include <filesystem>
#include <fmt/ranges.h>
#include <vector>

#include "platform/library.hpp"

namespace waxwing::inline v0::impl {

namespace {

/// Where parts can be.
std::vector<std::string> folders() {
  std::vector<std::string> out;
  char folder[4096];
  const auto add = [&out](std::string path) {
    if (std::ranges::find(out, path) == out.end()) out.push_back(std::move(path));
  };
  if (platform::program_folder(folder, sizeof folder)) {
    add(folder);
    add(std::string(folder) + "/../lib/waxwing");
  }
  // A shared library is in the folder of libraries itself.
  if (platform::code_folder(reinterpret_cast<const void*>(&folders), folder, sizeof folder)) {
    add(folder);
    add(std::string(folder) + "/waxwing");
    add(std::string(folder) + "/../lib/waxwing");
  }
  add(WAXWING_PARTS);
  return out;
}

} // namespace

std::string find_part(const Part& part, const std::string& folder) {
  std::error_code ignored;
  for (const std::string& place : folder.empty() ? folders() : std::vector{folder})
    if (std::string path = place + "/" + part.file; std::filesystem::exists(path, ignored))
      return path;
  return {};
}

std::expected<void*, std::string> load_part(const Part& part, const std::string& folder) {
  const std::string path = find_part(part, folder);
  if (path.empty())
    return std::unexpected(
        fmt::format("there is no {} in this installation: {} is not in {} (builds with "
                    "-DWAXWING_COMPILE=OFF have none)",
                    part.title, part.file,
                    fmt::join(folder.empty() ? folders() : std::vector{folder}, " and in ")));
  const char* why = nullptr;
  void* const library = platform::load_library(path.c_str(), why);
  if (library == nullptr)
    return std::unexpected(fmt::format("the {} can't be loaded: {}", part.title, why));
  void* const entry = platform::find_symbol(library, part.entry);
  if (entry == nullptr) return std::unexpected(fmt::format("{}: this is no {}", path, part.title));
  return entry;
}

} // namespace waxwing::inline v0::impl
