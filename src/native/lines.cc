// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/lines.hpp"

#include <algorithm>

namespace waxwing::native {

std::span<const WaxEmbeddedLine> SourceOf::at(const runtime::Frame& frame) const {
  if (lines_ == nullptr || frame.module != module_ || frame.is_native) return {};
  const std::span<const WaxEmbeddedLine> all(lines_->rows, lines_->count);
  const auto behind =
      std::ranges::upper_bound(all, frame.offset, {}, &WaxEmbeddedLine::offset) - all.begin();
  const auto end = static_cast<size_t>(behind);
  if (end == 0) return {};
  size_t begin = end - 1;
  while (begin != 0 && all[begin - 1].offset == all[end - 1].offset) --begin;
  // One without texts tells that nothing is known from there on.
  const bool is_gap = end - begin == 1 && all[begin].function == 0 && all[begin].place == 0;
  return is_gap ? std::span<const WaxEmbeddedLine>() : all.subspan(begin, end - begin);
}

} // namespace waxwing::native
