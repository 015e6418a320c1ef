// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <waxwing/function.hpp>
#include <waxwing/store.hpp>

/// Values as people write and read them.
namespace waxwing::tool {

/// References to objects of the host that stand for numbers, of one store.
class NumberedObjects {
 public:
  explicit NumberedObjects(Store& store) : store_(store) {}

  /// The one reference for `number`. Throws `std::bad_alloc` where there is no room for it.
  [[nodiscard]] ExternRef of(uint32_t number);
  /// `Value::text`, where a reference of these has its number: `ref.extern 7`.
  [[nodiscard]] std::string text(const Value& value) const;

 private:
  Store& store_;
  std::map<uint32_t, ExternRef> made_;
};

/// A value as a person writes it: numbers as in the text format; vectors as 16 bytes `0x...` (most
/// significant first) or by lanes, `i32x4:1,2,3,4`; references `null`, or a number for an
/// `externref`. The other side says what would be right.
[[nodiscard]] std::expected<Value, std::string>
parse_value(const ValueType& type, std::string_view text, NumberedObjects& objects);

} // namespace waxwing::tool
