// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same module from C++: an instance for each of four threads, which know nothing of each other.
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "counter.h"

extern "C" void counter_import_env_log(counter_instance* instance, int32_t count, double) {
  *static_cast<int32_t*>(counter_instance_user(instance)) = count;
}

namespace {

struct Free {
  void operator()(counter_instance* instance) const { counter_instance_free(instance); }
};

/// Counts in an instance of its own; -1 where something goes wrong.
int32_t count(int32_t rounds) {
  int32_t reported = -1;
  waxwing_config config{};
  config.user = &reported;
  const std::unique_ptr<counter_instance, Free> instance(counter_instance_new(&config, nullptr, 0));
  if (instance == nullptr) return -1;
  for (int32_t i = 0; i < rounds; ++i) {
    int32_t now = 0, rest = 0;
    if (counter_add(instance.get(), 1, &now) != WAXWING_OK || now != i + 1) return -1;
    // A trap now and then, in all of them at once.
    if (i % 100 == 0 && counter_divide(instance.get(), now, 0, &now, &rest) != WAXWING_TRAP)
      return -1;
  }
  return counter_report(instance.get(), 1) == WAXWING_OK ? reported : -1;
}

} // namespace

int main() {
  constexpr int32_t kThreads = 4;
  std::vector<int32_t> counted(kThreads);
  std::vector<std::thread> threads;
  for (int32_t i = 0; i < kThreads; ++i)
    threads.emplace_back(
        [&counted, i] { counted[static_cast<size_t>(i)] = count(10'000 * (i + 1)); });
  for (std::thread& thread : threads) thread.join();
  for (const int32_t one : counted) std::printf("%d\n", one);
}
