// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Limits, each for calls and for start functions; time-outs; interruption from other threads.
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kEndless = R"((module (func (export "run") (loop (br 0)))
  (func (export "fine") (result i32) (i32.const 1))))";

/// How the guest is stopped: by signals, or by looking for itself.
class ApiLimit : public testing::TestWithParam<Signals> {
 public:
  [[nodiscard]] static Config config() {
    Config config;
    config.signals = GetParam();
    return config;
  }
};

TEST_P(ApiLimit, MemoryGrowthEndsAtTheLimit) {
  World world(config(), {.memory_bytes = 3 * 65536});
  const Instance i = world.instance(R"((module (memory 1)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))");
  const auto grow = expect(i.func<int32_t(int32_t)>("grow"));
  EXPECT_EQ(grow(2).value(), 1);
  EXPECT_EQ(grow(1).value(), -1);
  EXPECT_EQ(error_of(world.try_instance("(memory 4)")).kind, ErrorKind::limit);
}

TEST_P(ApiLimit, TablesEndAtTheLimit) {
  World world(config(), {.table_elements = 10});
  EXPECT_EQ(error_of(world.try_instance("(table 11 funcref)")).kind, ErrorKind::limit);
  const Instance i = world.instance(R"((module (table 10 funcref)
    (func (export "grow") (result i32) (table.grow (ref.null func) (i32.const 1)))))");
  EXPECT_EQ(expect(i.func<int32_t()>("grow"))().value(), -1);
}

TEST_P(ApiLimit, InstancesEndAtTheLimit) {
  World world(config(), {.instances = 2});
  world.instance("(module)");
  world.instance("(module)");
  EXPECT_EQ(error_of(world.try_instance("(module)")).kind, ErrorKind::limit);
}

TEST_P(ApiLimit, StacksEndAtTheLimit) {
  World world(config(), {.stack_bytes = 64 << 10});
  const Instance i = world.instance(R"((func $run (export "run") (param i32) (result i32)
        (if (result i32) (local.get 0)
          (then (i32.add (i32.const 1) (call $run (i32.sub (local.get 0) (i32.const 1)))))
          (else (i32.const 0)))))");
  const auto run = expect(i.func<int32_t(int32_t)>("run"));
  EXPECT_EQ(run(100).value(), 100);
  EXPECT_EQ(trap_of(run(1'000'000)), TrapKind::call_stack_exhausted);
  EXPECT_EQ(run(100).value(), 100);
  EXPECT_EQ(trap_of(world.try_instance("(module (func $f (call $f)) (start $f))")),
            TrapKind::call_stack_exhausted);
  // A host that is called by a guest that it calls, and so on, ends on its own stack.
  Func back;
  back = expect(make_func(world.store, [&back]() -> Result<void> {
    auto inner = back.call();
    if (inner) return {};
    return std::unexpected(inner.error());
  }));
  EXPECT_EQ(trap_of(back.call()), TrapKind::call_stack_exhausted);
}

TEST_P(ApiLimit, FuelIsCounted) {
  Config metered = config();
  metered.metering = true;
  World world(metered, {.fuel = 1000});
  const Instance i = world.instance(kEndless);
  EXPECT_EQ(trap_of(expect(i.func<void()>("run"))()), TrapKind::out_of_fuel);
  EXPECT_EQ(world.store.fuel(), 0U);
  world.store.set_fuel(100);
  EXPECT_EQ(expect(i.func<int32_t()>("fine"))().value(), 1);
  ASSERT_TRUE(world.store.fuel().has_value());
  EXPECT_LT(*world.store.fuel(), 100U);
  EXPECT_GT(*world.store.fuel(), 90U);
  EXPECT_EQ(trap_of(world.try_instance("(module (func $f (loop (br 0))) (start $f))")),
            TrapKind::out_of_fuel);
  World unmetered(config());
  EXPECT_FALSE(unmetered.store.fuel().has_value());
}

TEST_P(ApiLimit, TimeoutsStopCallsAndWhatComesLater) {
  World world(config(), {.timeout = 30ms});
  const Instance i = world.instance(kEndless);
  const auto run = expect(i.func<void()>("run"));
  const auto fine = expect(i.func<int32_t()>("fine"));
  EXPECT_EQ(fine().value(), 1);
  EXPECT_EQ(trap_of(run()), TrapKind::timeout);
  EXPECT_EQ(trap_of(fine()), TrapKind::timeout) << "the time is still over";
  EXPECT_EQ(trap_of(fine()), TrapKind::timeout);
  world.store.clear_timeout();
  EXPECT_EQ(fine().value(), 1);
  expect(world.store.set_timeout(20ms));
  EXPECT_EQ(trap_of(world.try_instance("(module (func $f (loop (br 0))) (start $f))")),
            TrapKind::timeout);
  expect(world.store.set_timeout(1h));
  EXPECT_EQ(fine().value(), 1);
  expect(world.store.set_timeout(0ns));
  EXPECT_EQ(trap_of(run()), TrapKind::timeout);
}

TEST_P(ApiLimit, ManyStoresHaveTimesOfTheirOwn) {
  const Engine engine(config());
  const Module module = expect(Module::from_text(engine, kEndless));
  std::vector<std::thread> threads;
  std::atomic<int> stopped{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int round = 0; round < 5; ++round) {
        Store store = expect(Store::make(engine, {.timeout = std::chrono::milliseconds(3 + t)}));
        const Instance i = expect(Linker(store).instantiate(module));
        if (trap_of(expect(i.func<void()>("run"))()) == TrapKind::timeout) ++stopped;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stopped, 20);
}

TEST_P(ApiLimit, OtherThreadsInterrupt) {
  World world(config());
  std::atomic<bool> entered{false};
  expect(world.linker.func("h", "entered", [&] { entered = true; }));
  const Instance i = world.instance(R"((module (import "h" "entered" (func $entered))
    (func (export "run") (call $entered) (loop (br 0)))
    (func (export "fine") (result i32) (i32.const 1))))");
  const Interrupter interrupter = world.store.interrupter();
  const auto run = expect(i.func<void()>("run"));
  for (int round = 0; round < 5; ++round) {
    entered = false;
    std::thread other([&] {
      while (!entered) std::this_thread::yield();
      interrupter.interrupt();
    });
    EXPECT_EQ(trap_of(run()), TrapKind::interrupted);
    other.join();
    EXPECT_EQ(expect(i.func<int32_t()>("fine"))().value(), 1);
  }
  interrupter.interrupt();
  EXPECT_EQ(trap_of(run()), TrapKind::interrupted) << "the next call, where none runs";
}

TEST_P(ApiLimit, InterruptersMayOutliveTheStore) {
  const Engine engine(config());
  std::optional<Interrupter> interrupter;
  {
    const Store store = expect(Store::make(engine, {.timeout = 1h}));
    interrupter = store.interrupter();
  }
  interrupter->interrupt();
  // Stores come and go while others interrupt them.
  std::atomic<bool> ends{false};
  for (int round = 0; round < 20; ++round) {
    Store store = expect(Store::make(engine));
    const Interrupter mine = store.interrupter();
    std::thread other([mine] {
      for (int n = 0; n < 50; ++n) mine.interrupt();
    });
    if (round % 2 == 0) store = expect(Store::make(engine));
    other.join();
  }
  (void)ends;
}

TEST_P(ApiLimit, AStoreMayMoveBetweenThreads) {
  World world(config());
  const Instance i = world.instance(kEndless);
  const auto fine = expect(i.func<int32_t()>("fine"));
  for (int round = 0; round < 3; ++round) std::thread([&] { EXPECT_EQ(fine().value(), 1); }).join();
  Store moved = std::move(world.store);
  EXPECT_EQ(fine().value(), 1);
  std::thread([&] {
    expect(moved.set_timeout(20ms));
    EXPECT_EQ(trap_of(expect(i.func<void()>("run"))()), TrapKind::timeout);
  }).join();
}

INSTANTIATE_TEST_SUITE_P(Signals, ApiLimit, testing::Values(Signals::on, Signals::off),
                         [](const auto& of) { return of.param == Signals::on ? "on" : "off"; });

} // namespace
} // namespace waxwing::api_test
