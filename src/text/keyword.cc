// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/keyword.hpp"

#include <array>

namespace waxwing::text {

namespace {

struct Entry {
  std::string_view text;
  Keyword keyword;
};

constexpr Entry kEntries[] = {
#define WAX_OP(prefix, code, name, text, immediate, width, signature, feature) {text, Op::name},
#include "wasm/op.def"
#undef WAX_OP
#define WAX_WORD(name, text) {text, Word::name},
#include "text/keyword.def"
#undef WAX_WORD
};

constexpr uint32_t hash(std::string_view text) {
  uint32_t value = 2166136261u;
  for (const char c : text) value = (value ^ static_cast<uint8_t>(c)) * 16777619u;
  return value ^ value >> 15;
}

constexpr size_t kSlots = 2048;
static_assert(std::size(kEntries) < kSlots / 2 + kSlots / 4, "the table needs more slots");

// Open addressing; a slot holds the number of an entry plus one.
struct Table {
  std::array<uint16_t, kSlots> slots{};

  Table() {
    for (size_t i = 0; i < std::size(kEntries); ++i) {
      size_t slot = hash(kEntries[i].text) % kSlots;
      while (slots[slot] != 0 && kEntries[slots[slot] - 1].text != kEntries[i].text)
        slot = (slot + 1) % kSlots;
      if (slots[slot] == 0) slots[slot] = static_cast<uint16_t>(i + 1);
    }
  }
};

} // namespace

Keyword find_keyword(std::string_view text) {
  static const Table table;
  for (size_t slot = hash(text) % kSlots; table.slots[slot] != 0; slot = (slot + 1) % kSlots) {
    const Entry& entry = kEntries[table.slots[slot] - 1];
    if (entry.text == text) return entry.keyword;
  }
  return {};
}

} // namespace waxwing::text
