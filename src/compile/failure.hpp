// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "wasm/types.hpp"

namespace waxwing::compile {

/// Why something could not be compiled, in words, and the function that it is about (`kNoIndex`:
/// none).
struct Failure {
  std::string text;
  FuncIndex function = kNoIndex;
};

template <class T>
using Outcome = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> failure(std::string text,
                                                      FuncIndex function = kNoIndex) {
  return std::unexpected(Failure{std::move(text), function});
}

} // namespace waxwing::compile
