// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls between host and guest: outcomes, traps and their traces, tail calls, interruption.
#include <gtest/gtest.h>

#include <thread>

#include "unit/runtime_fixture.hpp"

namespace waxwing::runtime {
namespace {

using namespace testing;

class CallTest : public RuntimeTest {
 protected:
  using RuntimeTest::RuntimeTest;
  const RuntimeType* type(std::span<const ValType> params, std::span<const ValType> results) {
    return *engine_.types().intern_function(params, results);
  }
  /// A module of `count` functions without parameters.
  Instance& functions(unsigned count, std::vector<Extern> imports = {}) {
    ModuleBuilder builder;
    builder.type(func_type({}, {}));
    for (size_t i = 0; i < imports.size(); ++i)
      builder.import("host", "f" + std::to_string(i), ExternKind::func, leb(0));
    for (unsigned i = 0; i < count; ++i) builder.func(0);
    return instantiate(builder, std::move(imports));
  }
  Extern host(HostCallback callback, void* data = nullptr) {
    Extern value;
    value.kind = ExternKind::func;
    value.func = *store_->host_function(type({}, {}), callback, data);
    return value;
  }
};

constexpr ValType kTwo[] = {val::i32, val::i32};
constexpr ValType kOne[] = {val::i32};

TEST_F(CallTest, HostFunctionsGetTheirArgumentsAndData) {
  int seen = 0;
  FuncRef* add = *store_->host_function(
      type(kTwo, kOne),
      [](HostCall& c) {
        *static_cast<int*>(c.data) += 1;
        EXPECT_EQ(c.caller, nullptr);
        store_cell<int32_t>(c.cells, load_cell<int32_t>(c.cells) + load_cell<int32_t>(c.cells + 1));
        return Outcome::ok;
      },
      &seen);
  Cell cells[2];
  store_cell<int32_t>(cells, 40);
  store_cell<int32_t>(cells + 1, 2);
  EXPECT_EQ(call(*store_, add, cells), Outcome::ok);
  EXPECT_EQ(load_cell<int32_t>(cells), 42);
  EXPECT_EQ(seen, 1);
}

TEST_F(CallTest, HostFunctionsKnowTheirCaller) {
  static Instance* caller;
  Instance& instance = functions(1, {host([](HostCall& c) {
                                   caller = c.caller;
                                   return Outcome::ok;
                                 })});
  TestBackend::body = [](Instance& in, FuncIndex, Cell* cells) {
    const FuncRef* f = in.imported_functions[0];
    return f->uniform(f, &in, cells);
  };
  caller = nullptr;
  EXPECT_EQ(call(*store_, instance.func_ref(1), nullptr), Outcome::ok);
  EXPECT_EQ(caller, &instance);
}

TEST_F(CallTest, TrapsCarryTheirReasonAndFrames) {
  Instance& instance = functions(1);
  TestBackend::body = [](Instance& in, FuncIndex, Cell*) {
    in.owner().note_access(0x1FFFE, 4, 0, 0x20000);
    return in.owner().raise(TrapKind::out_of_bounds_memory_access);
  };
  EXPECT_EQ(call(*store_, instance.func_ref(0), nullptr), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::out_of_bounds_memory_access);
  EXPECT_TRUE(store_->trap.has_address);
  EXPECT_EQ(store_->trap.address, 0x1FFFEu);
  ASSERT_EQ(store_->trap.trace.count, 1u);
  EXPECT_EQ(store_->trap.trace.first[0].function, 0u);
  EXPECT_EQ(store_->activation, nullptr);

  TestBackend::body = [](Instance& in, FuncIndex, Cell*) {
    return in.owner().raise(TrapKind::unreachable);
  };
  EXPECT_EQ(call(*store_, instance.func_ref(0), nullptr), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::unreachable);
  EXPECT_FALSE(store_->trap.has_address);
  EXPECT_EQ(store_->trap.trace.count, 1u);
}

TEST_F(CallTest, TracesGoThroughTheHost) {
  // f1 -> host -> f2 -> host -> f3, which traps.
  static Instance* guest;
  static FuncIndex next;
  Instance& instance = functions(
      3, {host([](HostCall& c) { return call(c.store, guest->func_ref(next), nullptr); })});
  guest = &instance;
  TestBackend::body = [](Instance& in, FuncIndex index, Cell* cells) {
    if (index == 3) return in.owner().raise(TrapKind::unreachable);
    next = index + 1;
    const FuncRef* f = in.imported_functions[0];
    return f->uniform(f, &in, cells);
  };
  EXPECT_EQ(call(*store_, instance.func_ref(1), nullptr), Outcome::trap);
  const TraceSink& trace = store_->trap.trace;
  ASSERT_EQ(trace.count, 3u);
  for (FuncIndex i = 0; i < 3; ++i) EXPECT_EQ(trace.first[i].function, 3 - i);
  EXPECT_EQ(store_->stack_top, store_->stack_base);
}

TEST_F(CallTest, AHostThatRecoversStartsANewTrace) {
  static Instance* guest;
  Instance& instance =
      functions(2, {host([](HostCall& c) {
                  EXPECT_EQ(call(c.store, guest->func_ref(2), nullptr), Outcome::trap);
                  return c.store.raise_host("gave up");
                })});
  guest = &instance;
  TestBackend::body = [](Instance& in, FuncIndex index, Cell* cells) {
    if (index == 2) return in.owner().raise(TrapKind::unreachable);
    const FuncRef* f = in.imported_functions[0];
    return f->uniform(f, &in, cells);
  };
  EXPECT_EQ(call(*store_, instance.func_ref(1), nullptr), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::host);
  EXPECT_STREQ(store_->trap.message, "gave up");
  ASSERT_EQ(store_->trap.trace.count, 1u);
  EXPECT_EQ(store_->trap.trace.first[0].function, 1u);
}

TEST_F(CallTest, ExitCarriesItsCode) {
  Instance& instance = functions(1);
  TestBackend::body = [](Instance& in, FuncIndex, Cell*) { return in.owner().raise_exit(7); };
  EXPECT_EQ(call(*store_, instance.func_ref(0), nullptr), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::exit);
  EXPECT_EQ(store_->trap.exit_code, 7u);
}

TEST_F(CallTest, RecursionThroughTheHostEndsInATrap) {
  static Instance* guest;
  Instance& instance = functions(1, {host([](HostCall& c) {
                                   // Large frames: ThreadSanitizer counts no more than 64 thousand
                                   // calls.
                                   char frame[16384];
                                   asm volatile("" : : "r"(frame) : "memory");
                                   return call(c.store, guest->func_ref(1), nullptr);
                                 })});
  guest = &instance;
  TestBackend::body = [](Instance& in, FuncIndex, Cell* cells) {
    const FuncRef* f = in.imported_functions[0];
    return f->uniform(f, &in, cells);
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(call(*store_, instance.func_ref(1), nullptr), Outcome::trap);
    EXPECT_EQ(store_->trap.kind, TrapKind::call_stack_exhausted);
    EXPECT_GT(store_->trap.trace.count, 100u);
  }
  // The same on the stack of another thread.
  std::thread([&] {
    EXPECT_EQ(call(*store_, instance.func_ref(1), nullptr), Outcome::trap);
  }).join();
  EXPECT_EQ(store_->trap.kind, TrapKind::call_stack_exhausted);
}

TEST_F(CallTest, TailCallsAreMadeByTheBoundary) {
  // Each call of f(n) returns a pending f(n - 1), whose argument lies on the value stack.
  ModuleBuilder builder;
  builder.type(func_type({kI32, kI64, kI64}, {kI32}));
  builder.func(0, i32_const(0));
  Instance& instance = instantiate(builder);
  static uint64_t calls;
  calls = 0;
  TestBackend::body = [](Instance& in, FuncIndex index, Cell* cells) {
    Store& store = in.owner();
    ++calls;
    const auto n = load_cell<int32_t>(cells);
    const FuncRef* self = in.func_ref(index);
    Cell* arguments = store.stack_top;
    if (n == 0) {
      store_cell<int32_t>(cells, 77);
      return Outcome::ok;
    }
    store_cell<int32_t>(arguments, n - 1);
    store.pending = {self, &in, arguments};
    return Outcome::tail_call;
  };
  Cell cells[8];
  store_cell<int32_t>(cells, 1'000'000);
  EXPECT_EQ(call(*store_, instance.func_ref(0), cells), Outcome::ok);
  EXPECT_EQ(load_cell<int32_t>(cells), 77);
  EXPECT_EQ(calls, 1'000'001u);
  EXPECT_EQ(store_->stack_top, store_->stack_base);
}

TEST_F(CallTest, AnInterruptionBeforeTheCallStopsItAtOnce) {
  Instance& instance = functions(1);
  TestBackend::body = [](Instance&, FuncIndex, Cell*) {
    ADD_FAILURE() << "the guest ran";
    return Outcome::ok;
  };
  store_->interrupt(Interrupt::stop);
  EXPECT_EQ(call(*store_, instance.func_ref(0), nullptr), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::interrupted);
  // Once only.
  TestBackend::body = [](Instance&, FuncIndex, Cell*) { return Outcome::ok; };
  EXPECT_EQ(call(*store_, instance.func_ref(0), nullptr), Outcome::ok);
}

TEST_F(CallTest, AnInterruptionIsSeenWhenTheHostReturns) {
  Instance& instance = functions(1, {host([](HostCall& c) {
                                   c.store.interrupt(Interrupt::timeout);
                                   return Outcome::ok;
                                 })});
  TestBackend::body = [](Instance& in, FuncIndex, Cell* cells) {
    const FuncRef* f = in.imported_functions[0];
    const Outcome outcome = f->uniform(f, &in, cells);
    EXPECT_EQ(outcome, Outcome::trap);
    return outcome;
  };
  EXPECT_EQ(call(*store_, instance.func_ref(1), nullptr), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::timeout);
  EXPECT_EQ(store_->interrupt_word.load(), 0u);
}

TEST_F(CallTest, AnInterruptionCanBeWithdrawn) {
  Instance& instance = functions(1);
  store_->interrupt(Interrupt::timeout);
  store_->withdraw_interrupt(Interrupt::stop);
  EXPECT_NE(store_->interrupt_word.load(), 0u);
  store_->withdraw_interrupt(Interrupt::timeout);
  EXPECT_EQ(call(*store_, instance.func_ref(0), nullptr), Outcome::ok);
  EXPECT_FALSE(store_->repeat_interrupt());
}

TEST_F(CallTest, AProcessThatEndsNeverGoesOn) {
  Instance& instance = functions(1);
  store_->exit_code.store(3);
  store_->interrupt(Interrupt::exit);
  store_->interrupt(Interrupt::timeout);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(call(*store_, instance.func_ref(0), nullptr), Outcome::trap);
    EXPECT_EQ(store_->trap.kind, TrapKind::exit);
    EXPECT_EQ(store_->trap.exit_code, 3u);
  }
}

TEST_F(CallTest, TheTraceKeepsBothEndsOfADeepRecursion) {
  TraceSink sink;
  for (uint32_t i = 0; i < 1000; ++i) sink.add({.function = i});
  EXPECT_EQ(sink.count, 1000u);
  EXPECT_EQ(sink.first[63].function, 63u);
  for (uint32_t i = 936; i < 1000; ++i) EXPECT_EQ(sink.last[i % 64].function, i);
}

} // namespace
} // namespace waxwing::runtime
