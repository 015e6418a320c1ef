// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/nearby_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "waxwing/nearest.hpp"

namespace waxwing::tool {

namespace {

namespace fs = std::filesystem;

/// The names in a folder, sorted; of one with very many, some.
std::vector<std::string> names_in(const fs::path& folder) {
  constexpr size_t kMost = 10'000;
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed);
       !failed && at != fs::directory_iterator() && names.size() < kMost; at.increment(failed))
    names.push_back(at->path().filename().string());
  std::ranges::sort(names);
  return names;
}

} // namespace

std::string instead_of(const std::string& path) {
  const fs::path wanted(path);
  const fs::path folder = wanted.has_parent_path() ? wanted.parent_path() : fs::path(".");
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    return fmt::format("; nor is there a folder '{}'", folder.string());
  const std::vector<std::string> names = names_in(folder);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view near = nearest(wanted.filename().string(), views);
  if (near.empty()) return "; check its path and name";
  return fmt::format("; did you mean '{}'?", (wanted.parent_path() / near).string());
}

std::string modules_in(const std::string& folder) {
  constexpr size_t kShown = 3;
  std::string list;
  size_t shown = 0;
  for (const std::string& name : names_in(folder)) {
    if (!name.ends_with(".wasm") && !name.ends_with(".wat")) continue;
    if (shown++ == kShown) break;
    list += fmt::format("{}{}", list.empty() ? "" : ", ", (fs::path(folder) / name).string());
  }
  if (list.empty()) return "; name a module (there is no .wasm or .wat file in it)";
  return "; name a module in it, e.g. " + list;
}

} // namespace waxwing::tool
