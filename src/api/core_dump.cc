// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core dumps. Apart from the rest, so that those who write none link none of it.
#include <algorithm>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

uint64_t
Store::write_core_dump(std::string_view program,
                       const std::function<void(std::span<const std::byte>)>& write) const {
  const impl::StoreState& state = *state_;
  runtime::Store* store = state.threads != nullptr ? state.threads->ended_in() : nullptr;
  if (store == nullptr) store = state.store;
  const auto name_of = [&](const core::Module& module) -> std::string {
    const auto found = std::ranges::find(
        state.modules, &module, [](const auto& known) { return &known->loaded->module(); });
    return found == state.modules.end() ? std::string() : (*found)->name;
  };
  return describe::write_core_dump(
      *store, store->trap.trace, image::last_frame_values(*store), program, name_of,
      [&](std::span<const uint8_t> bytes) { write(std::as_bytes(bytes)); });
}

} // namespace waxwing::inline v0
