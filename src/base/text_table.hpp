// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace waxwing {

/// Texts by their numbers, without a pointer among them: a table of views would have to be
/// relocated at the start of each program that has it. `Make()` gives the texts as a `std::array`
/// of views.
template <auto Make>
class TextTable {
 public:
  [[nodiscard]] static constexpr std::string_view at(size_t i) {
    return {kTexts.data() + kEnds[i], size_t{kEnds[i + 1]} - kEnds[i]};
  }
  [[nodiscard]] static constexpr size_t size() { return Make().size(); }

 private:
  static constexpr size_t total() {
    size_t sum = 0;
    for (const std::string_view text : Make()) sum += text.size();
    return sum;
  }
  static_assert(total() <= UINT16_MAX);

  static constexpr std::array<char, total()> kTexts = [] {
    std::array<char, total()> all{};
    size_t at = 0;
    for (const std::string_view text : Make())
      for (const char c : text) all[at++] = c;
    return all;
  }();
  static constexpr std::array<uint16_t, Make().size() + 1> kEnds = [] {
    std::array<uint16_t, Make().size() + 1> ends{};
    size_t i = 0;
    for (const std::string_view text : Make()) {
      ends[i + 1] = static_cast<uint16_t>(ends[i] + text.size());
      ++i;
    }
    return ends;
  }();
};

} // namespace waxwing
