// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/watchdog.hpp"

namespace waxwing::runtime {

namespace {
constexpr uint64_t kMillisecond = 1'000'000;
constexpr size_t kStackBytes = size_t{64} * 1024;
} // namespace

Result<void> Watchdog::start(uint64_t timeout) {
  if (!store_.engine().config().polling && !platform::install_interruption())
    return fail(ErrorCode::thread_limit);
  timeout_ = timeout;
  const auto entry = [](void* self) { static_cast<Watchdog*>(self)->run(); };
  if (!thread_.start(entry, this, kStackBytes, platform::Signals::blocked))
    return fail(ErrorCode::thread_limit);
  return {};
}

void Watchdog::run() {
  platform::LockGuard guard(mutex_);
  const platform::Deadline deadline(timeout_);
  for (uint64_t left; !cancelled_ && (left = deadline.remaining()) != 0;) ended_.wait(mutex_, left);
  if (cancelled_) return;
  store_.interrupt(Interrupt::timeout);
  while (!cancelled_ && store_.repeat_interrupt()) ended_.wait(mutex_, kMillisecond);
}

void Watchdog::cancel() {
  if (!thread_.is_running()) return;
  mutex_.lock();
  cancelled_ = true;
  mutex_.unlock();
  ended_.notify_all();
  thread_.join();
  store_.withdraw_interrupt(Interrupt::timeout);
}

} // namespace waxwing::runtime
