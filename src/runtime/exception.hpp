// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions (spec section 4.2.10): what a tag and its values become when they are thrown. All
// engines and the host throw and catch through these functions. An exception in flight is
// `Store::exception`, and `Outcome::exception` says so at every boundary that it passes.
#pragma once

#include <span>

#include "runtime/gc/object.hpp"
#include "runtime/instance.hpp"
#include "runtime/type_registry.hpp"

namespace waxwing::runtime {

/// What an `exnref` that isn't null refers to. Exceptions don't change; which tag one has is told
/// by the tag's address.
[[nodiscard]] inline const ExceptionObject& exception_of(Ref ref) {
  return *reinterpret_cast<const ExceptionObject*>(ref);
}
/// The values of the tag's parameters, laid out as the arguments of a call.
[[nodiscard]] inline std::span<const Cell> values_of(const ExceptionObject& exception) {
  return {exception.cells(), exception.tag->type->param_cells};
}

/// Throws: makes an exception of `tag` with a copy of `values`, `tag.type->param_cells` of them,
/// and puts it in flight. Returns `Outcome::exception`, or `Outcome::trap` where there is no memory
/// for it. What a host function returns to throw; the trace begins here.
[[nodiscard]] Outcome throw_exception(Store& store, const Tag& tag, const Cell* values);

/// Throws an exception that was caught before; a trap if it is null.
[[nodiscard]] Outcome rethrow_exception(Store& store, Ref exception);

/// Takes the exception out of flight: whoever does has caught it. Not null after
/// `Outcome::exception`. The host may pass it to a guest or rethrow it; a host that keeps it while
/// guests run holds it in a `Rooted`.
[[nodiscard]] Ref catch_exception(Store& store);

} // namespace waxwing::runtime
