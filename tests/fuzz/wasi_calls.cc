// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi_calls [--calls N] [--seconds S] [--seed N]
//
// N (1,000,000) random calls of WASI functions, S seconds (no limit) of them at most, half with
// each way of following paths: no crash, no hang, and nothing outside of the guest's folder is
// touched. What libFuzzer finds slowly by coverage, this finds by number.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "support/wasi_calls.hpp"

using namespace waxwing::wasi_test;

int main(int count, char** words) {
  uint64_t wanted = 1'000'000;
  uint64_t seconds = 0;
  uint64_t seed = 1;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = words[i];
    const uint64_t value = std::strtoull(words[i + 1], nullptr, 10);
    if (name == "--calls") wanted = value;
    if (name == "--seconds") seconds = value;
    if (name == "--seed") seed = value;
  }
  keep_folders_in_memory();

  constexpr uint64_t kCallsOfAGuest = 1000;
  constexpr unsigned kHangSeconds = 120;
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  std::mt19937_64 random(seed);
  const auto next = [&]() -> uint64_t { return random(); };
  RandomCalls automatic(waxwing::wasi::PathSearch::automatic);
  RandomCalls walk(waxwing::wasi::PathSearch::walk);
  uint64_t made = 0;
  uint64_t succeeded = 0;
  for (uint64_t guest = 0; made < wanted; ++guest) {
    if (seconds != 0 && passed() > static_cast<double>(seconds)) break;
    RandomCalls& calls = guest % 2 == 0 ? automatic : walk;
    // A call that hangs is ended with the program.
    (void)alarm(kHangSeconds);
    for (uint64_t i = 0; i < kCallsOfAGuest && made < wanted; ++i, ++made)
      if (calls.call(next) == Errno::success) ++succeeded;
    must(calls.outside_untouched(), "something outside of the guest's folder was touched");
    calls.renew();
  }
  std::printf("wasi calls: %llu random calls with seed %llu in %.0f s, %llu of them successful: no "
              "crash, no hang, nothing outside touched\n",
              static_cast<unsigned long long>(made), static_cast<unsigned long long>(seed),
              passed(), static_cast<unsigned long long>(succeeded));
  return made == 0 || succeeded == 0 ? 1 : 0;
}
