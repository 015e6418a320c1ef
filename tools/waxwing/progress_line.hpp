// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <chrono>
#include <cstdint>

namespace waxwing::tool {

/// How far a compilation is: a line on the terminal that is written over, and nothing where
/// standard error is no terminal. Gone when this is.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  void clear();
  /// Functions compiled, functions in all, bytes of code so far.
  void show(uint32_t done, uint32_t total, uint64_t bytes);

 private:
  bool shown_;
  bool written_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

} // namespace waxwing::tool
