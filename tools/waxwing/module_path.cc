// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/module_path.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace waxwing::tool {

std::string find_module(std::span<const std::string> folders, std::string_view name) {
  // Names come from modules.
  if (name.empty() || name.front() == '.' || name.find('/') != std::string_view::npos ||
      name.find('\0') != std::string_view::npos)
    return {};
  for (const std::string& folder : folders) {
    for (const char* suffix : {".wasm", ".wat"}) {
      std::string path = fmt::format("{}/{}{}", folder, name, suffix);
      std::error_code ignored;
      if (std::filesystem::is_regular_file(path, ignored)) return path;
    }
  }
  return {};
}

} // namespace waxwing::tool
