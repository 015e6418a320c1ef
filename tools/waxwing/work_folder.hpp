// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

namespace waxwing::tool {

/// A folder for temporary files that goes away with this.
class WorkFolder {
 public:
  WorkFolder();
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;

  /// Empty where there is none.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

} // namespace waxwing::tool
