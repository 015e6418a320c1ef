// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules put together byte by byte, also ones that no assembler would make.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace waxwing::testing {

using Bytes = std::vector<uint8_t>;

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Bytes operator*(const Bytes& bytes, size_t times) {
  Bytes all;
  all.reserve(bytes.size() * times);
  for (size_t i = 0; i < times; ++i) all.insert(all.end(), bytes.begin(), bytes.end());
  return all;
}

inline Bytes leb(uint64_t value) {
  Bytes bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
  return bytes;
}

/// A signed number that isn't negative: the index of a type where a heap type may stand.
inline Bytes signed_leb(uint64_t value) {
  Bytes bytes = leb(value);
  if ((bytes.back() & 0x40) == 0) return bytes;
  bytes.back() |= 0x80;
  bytes.push_back(0);
  return bytes;
}

inline Bytes name(std::string_view text) {
  return leb(text.size()) + Bytes(text.begin(), text.end());
}

inline Bytes preamble() { return {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00}; }

inline Bytes section(uint8_t id, const Bytes& content) {
  return Bytes{id} + leb(content.size()) + content;
}

/// A vector of things that are bytes already.
inline Bytes vector_of(const std::vector<Bytes>& items) {
  Bytes bytes = leb(items.size());
  for (const Bytes& item : items) bytes.insert(bytes.end(), item.begin(), item.end());
  return bytes;
}

/// A body of the code section; `locals` is the vector of local declarations, `code` ends with its
/// `end`.
inline Bytes body(const Bytes& code, const Bytes& locals = {0x00}) {
  return leb(locals.size() + code.size()) + locals + code;
}

/// Functions of type [] -> [].
inline Bytes functions(const std::vector<Bytes>& bodies, const Bytes& before_code = {}) {
  return preamble() + section(1, {0x01, 0x60, 0x00, 0x00}) +
         section(3, leb(bodies.size()) + Bytes(bodies.size(), 0x00)) + before_code +
         section(10, vector_of(bodies));
}

} // namespace waxwing::testing
