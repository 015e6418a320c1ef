// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/threads.hpp"

#include "native/report.hpp"
#include "platform/memory.hpp"

namespace waxwing::native {

namespace {

using platform::default_allocator;
using wasi::ThreadGroup;

ThreadGroup* make(runtime::LoadedModule& module, runtime::Linker& linker,
                  const wasi::ThreadConfig& config, Text& why) {
  if (const char* obstacle = ThreadGroup::obstacle(module); obstacle != nullptr) {
    why.add("it imports wasi.thread-spawn to make threads, but ").add(obstacle);
    return nullptr;
  }
  auto* group = create<ThreadGroup>(default_allocator(), module.engine(), config);
  const Result<void> defined =
      group == nullptr ? Result<void>(out_of_memory()) : group->define(linker, module);
  if (defined) return group;
  add_error(why, defined.error());
  waxwing::destroy(default_allocator(), group);
  return nullptr;
}

} // namespace
} // namespace waxwing::native

constinit const waxwing::native::ThreadPart waxwing_native_threads = {
    .make = &waxwing::native::make,
    .finish = [](waxwing::wasi::ThreadGroup& group,
                 waxwing::runtime::Outcome outcome) { return group.finish(outcome); },
    .destroy =
        [](waxwing::wasi::ThreadGroup* group) {
          waxwing::destroy(waxwing::platform::default_allocator(), group);
        },
};
