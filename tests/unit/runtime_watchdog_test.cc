// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interruption by signals: guests that spin are redirected, hosts that wait are woken.
#include "runtime/watchdog.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <cerrno>
#include <chrono>
#include <csetjmp>
#include <csignal>
#include <thread>

#include "unit/runtime_fixture.hpp"

// The bounds of the section of guest code below, made by the linker.
extern "C" const char __start_waxwing_test_guest[];
extern "C" const char __stop_waxwing_test_guest[];

namespace waxwing::runtime {
namespace {

using namespace testing;

constexpr uint64_t kMillisecond = 1'000'000;

// A handler that was there first.
volatile std::sig_atomic_t foreign = 0;
const bool had_handler = [] {
  struct sigaction action{};
  action.sa_handler = [](int) { foreign = foreign + 1; };
  return sigaction(SIGURG, &action, nullptr) == 0;
}();

/// Spins until `*stop`, in the section that may be left at any instruction.
WAX_NOINLINE WAX_SECTION("waxwing_test_guest") void spin(const volatile bool* stop,
                                                         uint64_t rounds) {
  for (uint64_t i = 0; i < rounds && !*stop; ++i) asm volatile("");
}

thread_local std::jmp_buf way_out;

void escape(void* context) {
  (void)static_cast<Store*>(context)->raise_interrupt();
  std::longjmp(way_out, 1);
}

class WatchdogTest : public RuntimeTest {
 protected:
  WatchdogTest() {
    ModuleBuilder builder;
    builder.type(func_type({}, {}));
    builder.func(0);
    instance_ = &instantiate(builder);
  }
  void SetUp() override {
    if (!platform::can_redirect()) GTEST_SKIP() << "signals cannot redirect here";
    ASSERT_TRUE(platform::install_redirect(
        {__start_waxwing_test_guest, __stop_waxwing_test_guest, &escape}));
  }
  Outcome run() { return call(*store_, instance_->func_ref(0), nullptr); }

  static Outcome guest(Instance&, uint64_t rounds) {
    const volatile bool stop = false;
    if (setjmp(way_out) != 0) return Outcome::trap;
    spin(&stop, rounds);
    return Outcome::ok;
  }

  Instance* instance_;
};

TEST_F(WatchdogTest, StopsAGuestThatSpins) {
  TestBackend::body = [](Instance& in, FuncIndex, Cell*) { return guest(in, UINT64_MAX); };
  for (int i = 0; i < 5; ++i) {
    Watchdog watchdog(*store_);
    ASSERT_TRUE(watchdog.start(5 * kMillisecond).has_value());
    EXPECT_EQ(run(), Outcome::trap);
    EXPECT_EQ(store_->trap.kind, TrapKind::timeout);
    EXPECT_EQ(store_->trap.trace.count, 1u);
  }
}

TEST_F(WatchdogTest, AnyThreadMayInterrupt) {
  TestBackend::body = [](Instance& in, FuncIndex, Cell*) { return guest(in, UINT64_MAX); };
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    store_->interrupt(Interrupt::stop);
    while (store_->repeat_interrupt()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  EXPECT_EQ(run(), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::interrupted);
  other.join();
}

TEST_F(WatchdogTest, EndsWithoutATraceWhenTheGuestIsFaster) {
  TestBackend::body = [](Instance& in, FuncIndex, Cell*) { return guest(in, 10); };
  {
    Watchdog watchdog(*store_);
    ASSERT_TRUE(watchdog.start(3'600'000 * kMillisecond).has_value());
    EXPECT_EQ(run(), Outcome::ok);
  }
  // Over while nothing runs.
  {
    Watchdog watchdog(*store_);
    ASSERT_TRUE(watchdog.start(0).has_value());
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  EXPECT_EQ(run(), Outcome::ok);
}

TEST_F(WatchdogTest, TheRaceBetweenReturnAndSignal) {
  // Guest and host by turns, with deadlines in the middle of it: it ends either way, and a store
  // that was interrupted can be used again. Every other guest runs until it is stopped, however
  // late the watchdog's thread is given time.
  static bool endless;
  TestBackend::body = [](Instance& in, FuncIndex, Cell* cells) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(500);
    while (endless || std::chrono::steady_clock::now() < end) {
      if (const Outcome outcome = guest(in, 50); outcome != Outcome::ok) return outcome;
      const FuncRef* host = static_cast<const FuncRef*>(in.engine_instance);
      if (const Outcome outcome = host->uniform(host, &in, cells); outcome != Outcome::ok)
        return outcome;
    }
    return Outcome::ok;
  };
  instance_->engine_instance = *store_->host_function(
      *engine_.types().intern_function({}, {}), [](HostCall&) { return Outcome::ok; }, nullptr);
  int stopped = 0;
  constexpr int kRounds = 300;
  for (int i = 0; i < kRounds; ++i) {
    endless = i % 2 == 1;
    Watchdog watchdog(*store_);
    ASSERT_TRUE(watchdog.start(static_cast<uint64_t>(i) * 2000).has_value());
    const Outcome outcome = run();
    if (endless || outcome == Outcome::trap) {
      ASSERT_EQ(outcome, Outcome::trap);
      ASSERT_EQ(store_->trap.kind, TrapKind::timeout);
      ++stopped;
    }
    ASSERT_EQ(store_->stack_top, store_->stack_base);
    ASSERT_EQ(store_->activation, nullptr);
  }
  EXPECT_GE(stopped, kRounds / 2);
}

TEST_F(WatchdogTest, OtherStoresOfTheThreadGoOn) {
  // The outer store is interrupted while a guest of an inner one runs.
  static Store* outer;
  static Instance* inner_instance;
  outer = store_;
  Store* inner = *Store::make(engine_, {});
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  builder.func(0);
  Outcome outcome{};
  inner_instance = *runtime::instantiate(*inner, load(builder), {}, outcome);
  static FuncRef* host;
  host = *store_->host_function(
      *engine_.types().intern_function({}, {}),
      [](HostCall&) { return call(inner_instance->owner(), inner_instance->func_ref(0), nullptr); },
      nullptr);
  TestBackend::body = [](Instance& in, FuncIndex, Cell* cells) {
    if (&in == inner_instance) {
      for (int i = 0; i < 20; ++i) outer->interrupt(Interrupt::stop);
      return guest(in, 1'000'000);
    }
    return host->uniform(host, &in, cells);
  };
  EXPECT_EQ(run(), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::interrupted);
  EXPECT_EQ(inner->trap.kind, TrapKind::none);
  Store::destroy(inner);
}

// What holds where guests poll, too.
class InterruptionTest : public RuntimeTest {};

TEST_F(InterruptionTest, PassesForeignSignalsOn) {
  ASSERT_TRUE(had_handler);
  ASSERT_TRUE(platform::install_interruption());
  foreign = 0;
  ASSERT_EQ(raise(SIGURG), 0);
  EXPECT_EQ(foreign, 1);
}

TEST_F(InterruptionTest, IsSeenByAGuestThatPolls) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  builder.func(0);
  Instance& instance = instantiate(builder);
  TestBackend::body = [](Instance& in, FuncIndex, Cell*) {
    while (true)
      if (const Outcome stopped = in.owner().raise_interrupt(); stopped != Outcome::ok)
        return stopped;
  };
  Watchdog watchdog(*store_);
  ASSERT_TRUE(watchdog.start(2 * kMillisecond).has_value());
  EXPECT_EQ(call(*store_, instance.func_ref(0), nullptr), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::timeout);
}

TEST_F(InterruptionTest, WakesAWaitingHost) {
  static bool woken;
  woken = false;
  FuncRef* host = *store_->host_function(
      *engine_.types().intern_function({}, {}),
      [](HostCall&) {
        woken = poll(nullptr, 0, 60'000) < 0 && errno == EINTR;
        return Outcome::ok;
      },
      nullptr);
  Watchdog watchdog(*store_);
  ASSERT_TRUE(watchdog.start(5 * kMillisecond).has_value());
  EXPECT_EQ(call(*store_, host, nullptr), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::timeout);
  EXPECT_TRUE(woken);
}

} // namespace
} // namespace waxwing::runtime
