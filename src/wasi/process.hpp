// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "base/vec.hpp"
#include "wasi/descriptor.hpp"
#include "wasi/guest.hpp"
#include "wasi/wasi.hpp"

namespace waxwing::wasi {

/// Strings as a guest gets them: one after the other, each ended by a NUL.
struct StringList {
  explicit StringList(const Allocator& allocator) : bytes(allocator) {}
  Vec<char> bytes;
  uint32_t count = 0;
};

/// One guest program, and the functions that it can call. Those are members, each declared from
/// its row in `functions.def` and defined in the file of its subject.
struct Process {
  explicit Process(const Allocator& memory)
      : allocator(memory), args(allocator), env(allocator), table(allocator) {}
  Process(const Process&) = delete;

#define WAX_WASI(result, name, parameters) result name parameters;
#include "wasi/functions.def"
#undef WAX_WASI

  Allocator allocator;
  StringList args;
  StringList env;
  DescriptorTable table;
  PathSearch path_search = PathSearch::automatic;
};

} // namespace waxwing::wasi
