// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <waxwing/waxwing.hpp>

/// What the tests of the interface share: they know the public headers and nothing else.
namespace waxwing::api_test {

/// The value of a result; a failure of the test with the error's message where there is none.
template <class T>
T expect(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  return std::move(*result);
}
inline void expect(const Result<void>& result) {
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
}

/// The error of a result that must be one.
template <class T>
Error error_of(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? Error() : result.error();
}

/// The kind of trap that a result ended with.
template <class T>
TrapKind trap_of(const Result<T>& result) {
  const Error error = error_of(result);
  EXPECT_EQ(error.kind, ErrorKind::trap) << error.message;
  return error.trap == nullptr ? TrapKind::other : error.trap->kind;
}

/// An engine, a store and a linker.
struct World {
  explicit World(const Config& config = {}, const Limits& limits = {})
      : engine(config), store(expect(Store::make(engine, limits))), linker(store) {}

  Module module(std::string_view text) {
    return expect(Module::from_text(engine, text, {.name = "test"}));
  }
  Result<Instance> try_instance(std::string_view text) { return linker.instantiate(module(text)); }
  Instance instance(std::string_view text) { return expect(try_instance(text)); }

  Engine engine;
  Store store;
  Linker linker;
};

} // namespace waxwing::api_test
