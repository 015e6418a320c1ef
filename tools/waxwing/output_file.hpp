// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace waxwing::tool {

/// A file that is written piece by piece, "-" being standard output.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  OutputFile(const OutputFile&) = delete;
  ~OutputFile();

  void write(std::span<const uint8_t> bytes);
  /// Returns the exit code; what is wrong has been printed, and half a file is not left behind.
  [[nodiscard]] int close();

 private:
  std::string path_;
  bool to_stdout_;
  std::FILE* file_;
  bool is_whole_ = true;
};

/// Writes a whole file at once.
[[nodiscard]] int write_output(const std::string& path, std::string_view bytes);

} // namespace waxwing::tool
