// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "native/text.hpp"
#include "wasi/threads.hpp"

namespace waxwing::native {

/// Threads of guests, apart from the rest, so that programs without link none of it.
struct ThreadPart {
  /// A group that is defined in `linker`, or null; `why` says it then.
  wasi::ThreadGroup* (*make)(runtime::LoadedModule& module, runtime::Linker& linker,
                             const wasi::ThreadConfig& config, Text& why);
  wasi::ThreadGroup::End (*finish)(wasi::ThreadGroup& group, runtime::Outcome outcome);
  void (*destroy)(wasi::ThreadGroup* group);
};

} // namespace waxwing::native

/// Named by the objects of modules that make threads.
extern "C" const waxwing::native::ThreadPart waxwing_native_threads;
