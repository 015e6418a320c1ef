// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <vector>

#include "runtime/gc/heap.hpp"

namespace waxwing::tool {

/// What `--gc-stats` tells of a run: pauses, and the heap's size. Ends before the store.
class GcReport {
 public:
  explicit GcReport(runtime::Heap& heap);
  /// Collects a last time and writes the line to standard error.
  ~GcReport();
  GcReport(const GcReport&) = delete;

 private:
  runtime::Heap& heap_;
  std::vector<uint64_t> pauses_;
};

} // namespace waxwing::tool
