// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/frames.hpp"

namespace waxwing::compile {

namespace {

constexpr llvm::StringLiteral kSlotPrefix = "waxwing.";

} // namespace

std::string value_slot_name(char letter, uint32_t index) {
  return kSlotPrefix.str() + letter + std::to_string(index) + '.';
}

bool read_value_slot(llvm::StringRef name, char& letter, uint32_t& index) {
  if (!name.consume_front(kSlotPrefix) || name.empty()) return false;
  letter = name.front();
  name = name.drop_front();
  // Behind the point is what tells it from another of that name.
  return (letter == 'l' || letter == 'p') && !name.consumeInteger(10, index) &&
         name.starts_with(".");
}

} // namespace waxwing::compile
