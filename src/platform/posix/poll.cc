// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/poll.hpp"

#include <cstddef>
#include <ctime>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>

#include "platform/posix/error.hpp"

namespace waxwing::platform {

static_assert(sizeof(PollEntry) == sizeof(pollfd) && alignof(PollEntry) == alignof(pollfd));
static_assert(offsetof(PollEntry, handle) == offsetof(pollfd, fd));
static_assert(offsetof(PollEntry, wanted) == offsetof(pollfd, events));
static_assert(offsetof(PollEntry, ready) == offsetof(pollfd, revents));
static_assert(kPollRead == POLLIN && kPollWrite == POLLOUT && kPollError == POLLERR);
static_assert(kPollHangUp == POLLHUP && kPollInvalid == POLLNVAL);

FileResult<size_t> poll(std::span<PollEntry> entries, uint64_t timeout) {
  constexpr uint64_t kSecond = 1'000'000'000u;
  // Waiting in steps of a day at most keeps the seconds inside any time_t.
  constexpr uint64_t kDay = 86'400u;
  const uint64_t seconds = timeout / kSecond < kDay ? timeout / kSecond : kDay;
  const timespec time{.tv_sec = static_cast<time_t>(seconds),
                      .tv_nsec = static_cast<long>(timeout % kSecond)};
  const int count = ppoll(reinterpret_cast<pollfd*>(entries.data()),
                          static_cast<nfds_t>(entries.size()), &time, nullptr);
  if (count < 0) return last_error();
  return static_cast<size_t>(count);
}

uint64_t bytes_available(Handle handle) {
  int size = 0;
  if (ioctl(handle.value, FIONREAD, &size) != 0 || size < 0) return 0;
  return static_cast<uint64_t>(size);
}

void yield_processor() { sched_yield(); }

} // namespace waxwing::platform
