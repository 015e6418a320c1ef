// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace waxwing::platform {

/// What work in a child process has to reach its parent with.
class ChildOutput {
 public:
  ChildOutput(int pipe, std::atomic<uint32_t>& mark) : pipe_(pipe), mark_(mark) {}
  /// Sends bytes, which arrive in order; waits while the parent is behind. Does nothing once the
  /// parent is gone.
  void send(const void* bytes, size_t size);
  /// Leaves a number that outlives a crash.
  void mark(uint32_t number) { mark_.store(number, std::memory_order_relaxed); }
  [[nodiscard]] uint32_t mark() const { return mark_.load(std::memory_order_relaxed); }

 private:
  int pipe_;
  std::atomic<uint32_t>& mark_;
};

enum class ChildEnd : uint8_t {
  /// The work came back, or ended the process with code 0.
  finished,
  /// The process ended with another code.
  exited,
  /// A signal ended it.
  crashed,
  /// `receive` gave up.
  stopped,
  /// There was no process: out of memory or of processes.
  not_started,
};

struct ChildResult {
  ChildEnd end = ChildEnd::not_started;
  /// Exit code, or number of the signal.
  int code = 0;
  /// What was marked last; 0xFFFFFFFF where nothing was.
  uint32_t mark = 0xFFFFFFFF;
};

/// Runs `work` in a child process that is a copy of this one with the calling thread alone, so that
/// whatever happens to it is not this process's. `receive` gets what it sends, on the calling
/// thread; when it returns false, the child is ended. Does not come back before the child is gone.
/// Signals that report crashes have their default effect in the child, and no core is written. It
/// may use `cpu_seconds` of time; 0: as much as it likes.
[[nodiscard]] ChildResult
run_in_child(void (*work)(void* context, ChildOutput& output), void* context,
             bool (*receive)(void* context, const uint8_t* bytes, size_t size),
             void* receive_context, unsigned cpu_seconds = 0);

/// Runs a program, a path or a name on PATH, with the words of `argv` (itself the first, a null
/// pointer the last) and the streams of this process, and waits for its end.
[[nodiscard]] ChildResult run_program(const char* const* argv);

} // namespace waxwing::platform
