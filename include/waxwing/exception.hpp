// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "waxwing/error.hpp"
#include "waxwing/function.hpp"
#include "waxwing/object.hpp"

/// Exceptions of guests (spec section 4.2.8), which the host can catch and throw. One that nobody
/// in the guest catches comes out of a call as an error of kind `exception`, with
/// `Error::exception`; and a host function that returns such an error throws it into the guest that
/// has called.
namespace waxwing::inline v0 {

/// An exception: a tag and some values. A handle, which keeps it alive; valid as long as its store.
class WAXWING_API Exception {
 public:
  /// Makes one. Fails with `usage` where the values are not of the tag's type, or with `limit`
  /// where there is no room for it.
  [[nodiscard]] static Result<Exception> make(const Tag& tag, std::span<const Value> values = {});
  /// The one behind a value of kind `exnref`. Fails with `usage` for null, and for other values.
  [[nodiscard]] static Result<Exception> of(const Value& reference);

  [[nodiscard]] Tag tag() const;
  [[nodiscard]] std::vector<Value> values() const;
  /// As a value of kind `exnref`, for guests to hold and to throw again.
  [[nodiscard]] Value reference() const;
  /// For people: `oops (i32 7)`, the tag with its values.
  [[nodiscard]] std::string text() const;

  Exception(impl::StoreState* store, std::shared_ptr<const impl::Root> root)
      : store_(store), root_(std::move(root)) {}
  [[nodiscard]] impl::StoreState* store_state() const { return store_; }
  [[nodiscard]] const impl::Root& root() const { return *root_; }

 private:
  impl::StoreState* store_;
  std::shared_ptr<const impl::Root> root_;
};

/// The failed side of a `Result`, for host functions: `return waxwing::fail(*exception);` throws it
/// into the guest.
[[nodiscard]] WAXWING_API std::unexpected<Error> fail(const Exception& exception);

} // namespace waxwing::inline v0
