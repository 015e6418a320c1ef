// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/thread.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace waxwing::platform {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;

TEST(Mutex, LetsOneThreadIn) {
  Mutex mutex;
  int count = 0;
  const auto work = [&] {
    for (int i = 0; i < 20'000; ++i) {
      const LockGuard guard(mutex);
      ++count;
    }
  };
  std::thread other(work), third(work);
  work();
  other.join();
  third.join();
  EXPECT_EQ(count, 60'000);
}

TEST(Mutex, IsRefusedWhileItIsHeld) {
  Mutex mutex;
  ASSERT_TRUE(mutex.try_lock());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(SleepOn, ReturnsAtOnceWhenTheWordDiffers) {
  const std::atomic<uint32_t> word{1};
  sleep_on(word, 0, kForever);
}

TEST(SleepOn, ReturnsAfterItsTimeOut) {
  const std::atomic<uint32_t> word{0};
  const Deadline deadline(20 * kMillisecond);
  while (deadline.remaining() != 0) sleep_on(word, 0, deadline.remaining());
  EXPECT_EQ(deadline.remaining(), 0u);
}

TEST(Deadline, NeverComesWhenItIsForever) {
  EXPECT_EQ(Deadline(kForever).remaining(), kForever);
  // So far away that the sum would wrap.
  EXPECT_EQ(Deadline(kForever - 1).remaining(), kForever);
  EXPECT_EQ(Deadline(0).remaining(), 0u);
  const uint64_t left = Deadline(1000 * kMillisecond).remaining();
  EXPECT_GT(left, 0u);
  EXPECT_LE(left, 1000 * kMillisecond);
}

TEST(ConditionVariable, PassesValuesBetweenThreads) {
  Mutex mutex;
  ConditionVariable changed;
  int turn = 0;
  const auto play = [&](int parity) {
    for (int i = 0; i < 200; ++i) {
      const LockGuard guard(mutex);
      while (turn % 2 != parity) changed.wait(mutex);
      ++turn;
      changed.notify_all();
    }
  };
  std::thread other(play, 1);
  play(0);
  other.join();
  EXPECT_EQ(turn, 400);
}

TEST(ConditionVariable, TimesOut) {
  Mutex mutex;
  ConditionVariable never;
  const Deadline deadline(10 * kMillisecond);
  const LockGuard guard(mutex);
  while (deadline.remaining() != 0) never.wait(mutex, deadline.remaining());
  EXPECT_FALSE(mutex.try_lock());
}

TEST(Once, CallsOnce) {
  Once once;
  int calls = 0;
  std::thread other([&] { once.call([&] { ++calls; }); });
  once.call([&] { ++calls; });
  other.join();
  once.call([&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(ThreadId, DiffersBetweenThreads) {
  uint32_t other_id = 0;
  std::thread other([&] { other_id = current_thread_id(); });
  other.join();
  EXPECT_NE(current_thread_id(), 0u);
  EXPECT_EQ(current_thread_id(), current_thread_id());
  EXPECT_NE(current_thread_id(), other_id);
}

} // namespace
} // namespace waxwing::platform
