// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/error.hpp"

#include <algorithm>

namespace waxwing::text {

namespace {

uint32_t column_of(std::string_view source, uint32_t line_start, uint32_t offset) {
  uint32_t column = 1;
  for (uint32_t at = line_start; at < offset && at < source.size(); ++at)
    if ((static_cast<uint8_t>(source[at]) & 0xC0) != 0x80) ++column;
  return column;
}

} // namespace

LineMap::LineMap(std::string_view source) : starts_{0} {
  for (size_t at = source.find('\n'); at != std::string_view::npos; at = source.find('\n', at + 1))
    starts_.push_back(static_cast<uint32_t>(at + 1));
}

Position LineMap::at(std::string_view source, uint32_t offset) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<uint32_t>(after - starts_.begin());
  return {line, column_of(source, starts_[line - 1], offset)};
}

Position position_of(std::string_view source, uint32_t offset) {
  const std::string_view before = source.substr(0, offset);
  const auto line = static_cast<uint32_t>(std::count(before.begin(), before.end(), '\n') + 1);
  const size_t newline = before.rfind('\n');
  const auto start = static_cast<uint32_t>(newline == std::string_view::npos ? 0 : newline + 1);
  return {line, column_of(source, start, offset)};
}

TextError make_error(std::string_view source, uint32_t offset, std::string message) {
  const Position position = position_of(source, offset);
  return {std::move(message), offset, position.line, position.column};
}

} // namespace waxwing::text
