// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/gc_report.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <numeric>

namespace waxwing::tool {

namespace {

double milliseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }
double megabytes(uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

} // namespace

GcReport::GcReport(runtime::Heap& heap) : heap_(heap) {
  heap.observe(
      [](void* context, const runtime::Collection& collection) {
        static_cast<GcReport*>(context)->pauses_.push_back(collection.pause);
      },
      this);
}

GcReport::~GcReport() {
  heap_.observe(nullptr, nullptr);
  const uint64_t largest = heap_.largest_bytes();
  heap_.collect();
  std::ranges::sort(pauses_);
  const uint64_t total = std::accumulate(pauses_.begin(), pauses_.end(), uint64_t{0});
  const bool any = !pauses_.empty();
  fmt::print(stderr,
             "gc: {} collection{}, pauses: median {:.2f} ms, longest {:.2f} ms, total {:.2f} ms; "
             "heap: {:.2f} MB at most, {:.2f} MB at the end\n",
             pauses_.size(), pauses_.size() == 1 ? "" : "s",
             milliseconds(any ? pauses_[pauses_.size() / 2] : 0),
             milliseconds(any ? pauses_.back() : 0), milliseconds(total), megabytes(largest),
             megabytes(heap_.used_bytes()));
}

} // namespace waxwing::tool
