// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/progress_line.hpp"

#include <cstdio>
#include <fmt/format.h>

#include "platform/terminal.hpp"

namespace waxwing::tool {

ProgressLine::ProgressLine() : shown_(platform::is_terminal(2)) {}

void ProgressLine::clear() {
  if (written_) fmt::print(stderr, "\r\x1b[K");
  written_ = false;
}

void ProgressLine::show(uint32_t done, uint32_t total, uint64_t bytes) {
  using namespace std::chrono;
  if (!shown_) return;
  const auto now = steady_clock::now();
  if (now - last_ < 100ms) return;
  last_ = now;
  written_ = true;
  fmt::print(stderr, "\r\x1b[Kcompiling: {} of {} functions, {} KB", done, total, bytes / 1024);
  std::fflush(stderr);
}

} // namespace waxwing::tool
