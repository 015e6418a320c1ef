// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One thread: nobody else can change a word, so sleeping on one returns at once, which callers have
// to expect anyway. A port with threads replaces these.
#include "platform/thread.hpp"

#include "platform/host_thread.hpp"

namespace waxwing::platform {

[[gnu::weak]] void sleep_on(const std::atomic<uint32_t>&, uint32_t, uint64_t) {}
[[gnu::weak]] void wake_one(const std::atomic<uint32_t>*) {}
[[gnu::weak]] void wake_all(const std::atomic<uint32_t>*) {}
[[gnu::weak]] uint32_t current_thread_id() { return 1; }

[[gnu::weak]] bool HostThread::start(Entry, void*, size_t, Signals) { return false; }
[[gnu::weak]] void HostThread::join() {}

} // namespace waxwing::platform
