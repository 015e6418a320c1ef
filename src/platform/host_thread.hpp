// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>

namespace waxwing::platform {

/// Whether a new thread takes part in the process's signals. One that the embedder does not know
/// of should not run its handlers.
enum class Signals : uint8_t { inherited, blocked };

/// A thread of the system. Joined before it ends.
class HostThread {
 public:
  using Entry = void (*)(void* context);

  HostThread() = default;
  HostThread(const HostThread&) = delete;
  HostThread& operator=(const HostThread&) = delete;
  ~HostThread() { join(); }

  /// Runs `entry(context)` on a new thread with about `stack_bytes` of stack (0: what is usual).
  /// False where no thread can be made. Not for an object that runs one already.
  [[nodiscard]] bool start(Entry entry, void* context, size_t stack_bytes = 0,
                           Signals signals = Signals::inherited);
  /// Waits for its end. Does nothing where none was started.
  void join();
  [[nodiscard]] bool is_running() const { return running_; }

 private:
  static void* run(void* self);

  Entry entry_ = nullptr;
  void* context_ = nullptr;
  /// The system's name for it.
  uintptr_t handle_ = 0;
  bool running_ = false;
};

/// The process that this is; another number after a fork.
[[nodiscard]] uint32_t current_process();

/// Lets a guest have `bytes` of the stack of the process's first thread, as far as the system
/// allows. For programs, before guests run.
void allow_stack(uint64_t bytes);

} // namespace waxwing::platform
