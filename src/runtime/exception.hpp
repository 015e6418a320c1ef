// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions (spec section 4.2.10): what a tag and its values become when they are thrown. All
// engines and the host throw and catch through these functions. An exception in flight is
// `Store::exception`, and `Outcome::exception` says so at every boundary that it passes.
#pragma once

#include <span>

#include "runtime/instance.hpp"
#include "runtime/type_registry.hpp"

namespace waxwing::runtime {

/// An exception on the store's heap, immutable; what an `exnref` that isn't null refers to.
class Exception {
 public:
  [[nodiscard]] static const Exception& of(Ref exception) {
    return *reinterpret_cast<const Exception*>(exception);
  }
  [[nodiscard]] Ref ref() const { return reinterpret_cast<Ref>(this); }
  /// Tags are compared by their addresses.
  [[nodiscard]] const Tag& tag() const { return *tag_; }
  /// The values of the tag's parameters, laid out as the arguments of a call.
  [[nodiscard]] std::span<const Cell> values() const {
    return {reinterpret_cast<const Cell*>(this + 1), tag_->type->param_cells};
  }

 private:
  friend Outcome throw_exception(Store& store, const Tag& tag, const Cell* values);
  const Tag* tag_;
};

/// Throws: makes an exception of `tag` with a copy of `values`, `tag.type->param_cells` of them,
/// and puts it in flight. Returns `Outcome::exception`, or `Outcome::trap` where there is no memory
/// for it. What a host function returns to throw; the trace begins here.
[[nodiscard]] Outcome throw_exception(Store& store, const Tag& tag, const Cell* values);

/// Throws an exception that was caught before; a trap if it is null.
[[nodiscard]] Outcome rethrow_exception(Store& store, Ref exception);

/// Takes the exception out of flight: whoever does has caught it. Not null after
/// `Outcome::exception`. The host may pass it to a guest or rethrow it; a host that keeps it while
/// guests run holds it in a handle.
[[nodiscard]] Ref catch_exception(Store& store);

} // namespace waxwing::runtime
