// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/gc_report.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <numeric>

namespace waxwing::tool {

namespace {

double milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}
double megabytes(uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

} // namespace

GcReport::GcReport(Store& store) : store_(store) {
  store.on_collection(
      [this](const Collection& collection) { pauses_.push_back(collection.pause); });
}

GcReport::~GcReport() {
  store_.on_collection({});
  const uint64_t largest = store_.heap_usage().largest_bytes;
  store_.collect();
  std::ranges::sort(pauses_);
  const std::chrono::nanoseconds none(0);
  const auto total = std::accumulate(pauses_.begin(), pauses_.end(), none);
  const bool any = !pauses_.empty();
  fmt::print(stderr,
             "gc: {} collection{}, pauses: median {:.2f} ms, longest {:.2f} ms, total {:.2f} ms; "
             "heap: {:.2f} MB at most, {:.2f} MB at the end\n",
             pauses_.size(), pauses_.size() == 1 ? "" : "s",
             milliseconds(any ? pauses_[pauses_.size() / 2] : none),
             milliseconds(any ? pauses_.back() : none), milliseconds(total), megabytes(largest),
             megabytes(store_.heap_usage().used_bytes));
}

} // namespace waxwing::tool
