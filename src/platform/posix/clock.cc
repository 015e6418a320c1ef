// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/clock.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <sys/auxv.h>
#include <sys/random.h>

#include "base/hash.hpp"

namespace waxwing::platform {

namespace {

clockid_t id_of(Clock clock) {
  switch (clock) {
  case Clock::realtime: return CLOCK_REALTIME;
  case Clock::monotonic: return CLOCK_MONOTONIC;
  case Clock::process_cpu: return CLOCK_PROCESS_CPUTIME_ID;
  case Clock::thread_cpu: return CLOCK_THREAD_CPUTIME_ID;
  }
  return CLOCK_REALTIME;
}

uint64_t nanoseconds_of(const timespec& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(time.tv_nsec);
}

} // namespace

bool clock_now(Clock clock, uint64_t& nanoseconds) {
  timespec time;
  if (clock_gettime(id_of(clock), &time) != 0) return false;
  nanoseconds = nanoseconds_of(time);
  return true;
}

bool clock_resolution(Clock clock, uint64_t& nanoseconds) {
  timespec time;
  if (clock_getres(id_of(clock), &time) != 0) return false;
  nanoseconds = nanoseconds_of(time);
  return true;
}

bool random_bytes(void* bytes, size_t size) {
  auto* at = static_cast<uint8_t*>(bytes);
  while (size != 0) {
    const ssize_t got = getrandom(at, size, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    at += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

void make_hash_key(uint64_t& key) {
#ifdef AT_RANDOM
  // The C library takes the guard of its stacks from the same bytes: they are not used as they are.
  if (const auto* bytes = reinterpret_cast<const void*>(getauxval(AT_RANDOM)); bytes != nullptr) {
    uint64_t words[2];
    std::memcpy(words, bytes, sizeof words);
    Hasher hasher(words[0]);
    hasher.add(words[1]);
    key = hasher.finish();
    return;
  }
#endif
  if (!random_bytes(&key, sizeof key)) key = reinterpret_cast<uintptr_t>(&key);
}

} // namespace waxwing::platform
