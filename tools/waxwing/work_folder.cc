// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/work_folder.hpp"

#include <cstdlib>
#include <filesystem>

namespace waxwing::tool {

namespace fs = std::filesystem;

WorkFolder::WorkFolder() {
  std::error_code failed;
  std::string path = (fs::temp_directory_path(failed) / "waxwing-XXXXXX").string();
  if (!failed && ::mkdtemp(path.data()) != nullptr) path_ = path;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

} // namespace waxwing::tool
