// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <chrono>
#include <vector>
#include <waxwing/store.hpp>

namespace waxwing::tool {

/// What `--gc-stats` tells of a run: pauses, and the heap's size. Ends before the store.
class GcReport {
 public:
  explicit GcReport(Store& store);
  /// Collects a last time and writes the line to standard error.
  ~GcReport();
  GcReport(const GcReport&) = delete;

 private:
  Store& store_;
  std::vector<std::chrono::nanoseconds> pauses_;
};

} // namespace waxwing::tool
