// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>

#include "api/state.hpp"

namespace waxwing::inline v0 {

struct Linker::State {
  explicit State(impl::StoreState& of) : store(&of), own(std::in_place, *of.store), linker(*own) {}
  /// Of a linker that is somebody else's.
  State(impl::StoreState& of, runtime::Linker& other) : store(&of), linker(other) {}
  impl::StoreState* store;
  std::optional<runtime::Linker> own{};
  runtime::Linker& linker;
};

} // namespace waxwing::inline v0
