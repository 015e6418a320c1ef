// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/keyword.hpp"

#include <array>

namespace waxwing::text {

namespace {

constexpr std::string_view kWordTexts[] = {
#define WAX_WORD(name, text) text,
#include "text/keyword.def"
#undef WAX_WORD
};

constexpr uint32_t hash(std::string_view text) {
  uint32_t value = 2166136261u;
  for (const char c : text) value = (value ^ static_cast<uint8_t>(c)) * 16777619u;
  return value ^ value >> 15;
}

constexpr size_t kSlots = 2048;
static_assert(kOpCount + kWordCount < kSlots / 2, "the table needs more slots");

// Open addressing.
class Table {
 public:
  Table() {
    for (size_t i = 0; i < kOpCount; ++i) {
      const auto op = static_cast<Op>(i);
      Slot& slot = find(op_name(op));
      if (slot.text.empty()) slot = {op_name(op), op};
    }
    for (size_t i = 0; i < kWordCount; ++i)
      find(kWordTexts[i]) = {kWordTexts[i], static_cast<Word>(i + 1)};
  }

  [[nodiscard]] Keyword get(std::string_view text) { return find(text).keyword; }

 private:
  struct Slot {
    std::string_view text;
    Keyword keyword;
  };
  // The slot of `text`, or the free one where it belongs.
  Slot& find(std::string_view text) {
    size_t at = hash(text) % kSlots;
    while (!slots_[at].text.empty() && slots_[at].text != text) at = (at + 1) % kSlots;
    return slots_[at];
  }

  std::array<Slot, kSlots> slots_{};
};

} // namespace

Keyword find_keyword(std::string_view text) {
  static Table table;
  return table.get(text);
}

} // namespace waxwing::text
