// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/host_thread.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <climits>
#include <csignal>

#include "base/bits.hpp"
#include "platform/memory.hpp"

namespace waxwing::platform {

void* HostThread::run(void* self) {
  auto* thread = static_cast<HostThread*>(self);
  thread->entry_(thread->context_);
  return nullptr;
}

bool HostThread::start(Entry entry, void* context, size_t stack_bytes, Signals signals) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  if (stack_bytes != 0) {
    const auto least = static_cast<size_t>(PTHREAD_STACK_MIN);
    const size_t size = align_up(stack_bytes < least ? least : stack_bytes, page_size());
    // Where the size is refused, the usual one has to do.
    (void)pthread_attr_setstacksize(&attributes, size);
  }
  sigset_t all, before;
  sigfillset(&all);
  // A new thread inherits the mask of the one that makes it.
  if (signals == Signals::blocked) pthread_sigmask(SIG_SETMASK, &all, &before);
  entry_ = entry;
  context_ = context;
  pthread_t id;
  running_ = pthread_create(&id, &attributes, &run, this) == 0;
  if (signals == Signals::blocked) pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  static_assert(sizeof(pthread_t) <= sizeof handle_);
  if (running_) handle_ = static_cast<uintptr_t>(id);
  return running_;
}

void HostThread::join() {
  if (!running_) return;
  pthread_join(static_cast<pthread_t>(handle_), nullptr);
  running_ = false;
}

uint32_t current_process() { return static_cast<uint32_t>(getpid()); }

void allow_stack(uint64_t bytes) {
  // Room for what isn't the guest's.
  constexpr uint64_t kOwn = uint64_t{1} << 20;
  bytes = bytes < UINT64_MAX - kOwn ? bytes + kOwn : UINT64_MAX;
  rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= bytes) return;
  limit.rlim_cur = limit.rlim_max < bytes ? limit.rlim_max : static_cast<rlim_t>(bytes);
  (void)setrlimit(RLIMIT_STACK, &limit);
}

} // namespace waxwing::platform
