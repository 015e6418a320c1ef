// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/atomics.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

#include "platform/memory.hpp"
#include "platform/thread.hpp"
#include "runtime/plain_access.hpp"
#include "runtime/store.hpp"

namespace waxwing::runtime {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

template <class T>
class Atomics : public testing::Test {
 protected:
  alignas(8) uint8_t memory[16] = {};
};
using Widths = testing::Types<uint8_t, uint16_t, uint32_t, uint64_t>;
TYPED_TEST_SUITE(Atomics, Widths, );

TYPED_TEST(Atomics, ModifiesWithinItsWidth) {
  using T = TypeParam;
  constexpr T kMost = static_cast<T>(~T{0});
  uint8_t* at = this->memory;
  atomic_store<T>(at, kMost);
  EXPECT_EQ(atomic_load<T>(at), kMost);
  EXPECT_EQ(this->memory[sizeof(T)], 0);
  EXPECT_EQ((atomic_rmw<Rmw::add, T>(at, 3)), kMost);
  EXPECT_EQ(atomic_load<T>(at), T{2});
  EXPECT_EQ((atomic_rmw<Rmw::sub, T>(at, 3)), T{2});
  EXPECT_EQ((atomic_rmw<Rmw::and_, T>(at, 0x5C)), kMost);
  EXPECT_EQ((atomic_rmw<Rmw::or_, T>(at, 0x03)), T{0x5C});
  EXPECT_EQ((atomic_rmw<Rmw::xor_, T>(at, 0x50)), T{0x5F});
  EXPECT_EQ((atomic_rmw<Rmw::xchg, T>(at, 0x77)), T{0x0F});
  EXPECT_EQ((atomic_cmpxchg<T>(at, 0x76, 1)), T{0x77});
  EXPECT_EQ((atomic_cmpxchg<T>(at, 0x77, 2)), T{0x77});
  EXPECT_EQ(atomic_load<T>(at), T{2});
  EXPECT_EQ(this->memory[sizeof(T)], 0);
}

TYPED_TEST(Atomics, LosesNoAddition) {
  using T = TypeParam;
  uint8_t* at = this->memory + sizeof(T);
  const auto work = [at] {
    for (int i = 0; i < 20'001; ++i) atomic_rmw<Rmw::add, T>(at, 1);
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(atomic_load<T>(at), static_cast<T>(40'002));
}

TEST(PlainAccess, ReadsAndWritesAnyAddress) {
  uint8_t memory[16] = {};
  store_plain<uint32_t>(memory + 1, 0x12345678);
  EXPECT_EQ(memory[1], 0x78);
  EXPECT_EQ(load_plain<uint16_t>(memory + 3), 0x1234);
  store_plain<double>(memory + 5, -2.5);
  EXPECT_EQ(load_plain<double>(memory + 5), -2.5);
}

class AtomicWait : public testing::Test {
 protected:
  AtomicWait() {
    config_.polling = true;
    engine_ = std::make_unique<Engine>(platform::default_allocator(), config_, backend_);
    store = *Store::make(*engine_, StoreLimits{});
  }
  ~AtomicWait() override { Store::destroy(store); }

  alignas(8) uint8_t memory[64] = {};
  Store* store;

 private:
  Backend backend_{};
  EngineConfig config_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(AtomicWait, ReturnsAtOnceWhenTheValueDiffers) {
  WaitResult result{};
  EXPECT_EQ(atomic_wait<uint32_t>(*store, memory, 1, -1, result), Outcome::ok);
  EXPECT_EQ(result, WaitResult::not_equal);
  memory[4] = 1; // only the upper half differs
  EXPECT_EQ(atomic_wait<uint64_t>(*store, memory, 0, -1, result), Outcome::ok);
  EXPECT_EQ(result, WaitResult::not_equal);
}

TEST_F(AtomicWait, TimesOut) {
  WaitResult result{};
  EXPECT_EQ(atomic_wait<uint32_t>(*store, memory, 0, 0, result), Outcome::ok);
  EXPECT_EQ(result, WaitResult::timed_out);
  const platform::Deadline before(static_cast<uint64_t>(10 * kMillisecond));
  EXPECT_EQ(atomic_wait<uint64_t>(*store, memory, 0, 10 * kMillisecond, result), Outcome::ok);
  EXPECT_EQ(result, WaitResult::timed_out);
  EXPECT_EQ(before.remaining(), 0u);
  // It has left the queue.
  EXPECT_EQ(atomic_notify(memory, ~0u), 0u);
}

TEST_F(AtomicWait, IsWokenInTheOrderOfArrival) {
  constexpr int kThreads = 3;
  std::atomic<int> started{0}, order{0};
  int place[kThreads] = {};
  std::thread threads[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    threads[i] = std::thread([&, i] {
      WaitResult result{};
      started = i + 1;
      EXPECT_EQ(atomic_wait<uint32_t>(*store, memory + 8, 0, -1, result), Outcome::ok);
      EXPECT_EQ(result, WaitResult::woken);
      place[i] = ++order;
    });
    while (started != i + 1) std::this_thread::yield();
    // Time to get from there into the queue.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(atomic_notify(memory + 12, 5), 0u);
  EXPECT_EQ(atomic_notify(memory + 8, 0), 0u);
  EXPECT_EQ(atomic_notify(memory + 8, 1), 1u);
  threads[0].join();
  EXPECT_EQ(place[0], 1);
  EXPECT_EQ(atomic_notify(memory + 8, 5), 2u);
  threads[1].join();
  threads[2].join();
  EXPECT_EQ(order.load(), kThreads);
}

TEST_F(AtomicWait, EndsWhenTheStoreIsInterrupted) {
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    store->interrupt(Interrupt::stop);
  });
  WaitResult result{};
  EXPECT_EQ(atomic_wait<uint32_t>(*store, memory, 0, -1, result), Outcome::trap);
  EXPECT_EQ(store->trap.kind, TrapKind::interrupted);
  other.join();
  EXPECT_EQ(atomic_notify(memory, 1), 0u);
}

} // namespace
} // namespace waxwing::runtime
