// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "api/state.hpp"

namespace waxwing::inline v0 {

struct Linker::State {
  explicit State(impl::StoreState& of) : store(&of), linker(*of.store) {}
  impl::StoreState* store;
  runtime::Linker linker;
};

} // namespace waxwing::inline v0
