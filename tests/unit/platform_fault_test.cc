// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "base/config.hpp"
#include "platform/memory.hpp"
#include "platform/native_call.hpp"
#include "platform/signal.hpp"

namespace waxwing::platform {
namespace {

/// What the test's target is asked, and what it says.
struct Guest {
  std::atomic<uint32_t> word{0};
  Fault seen{};
  int asked = 0;
  /// Read by a handler in the middle of anything.
  volatile bool takes = true;
  NativeBoundary boundary{};
  InterruptTarget target{&word, this, &resume};

  static bool resume(void* context, const MachineState&, const Fault* fault, Continuation& where) {
    auto& guest = *static_cast<Guest*>(context);
    ++guest.asked;
    if (fault == nullptr || !guest.takes) return false;
    guest.seen = *fault;
    where = {reinterpret_cast<const void*>(&wax_leave_native),
             {reinterpret_cast<uintptr_t>(&guest.boundary), 7}};
    return true;
  }
};

// What a trampoline would call.
void touch(void*, const void* address, void* copy) {
  *static_cast<int*>(copy) = *static_cast<const volatile int*>(address);
}
void illegal(void*, const void*, void*) { __builtin_trap(); }
void fine(void*, const void*, void* cells) { *static_cast<int*>(cells) = 42; }

class FaultTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_redirect()) GTEST_SKIP() << "faults cannot be redirected here";
    ASSERT_TRUE(install_fault_handlers());
    ASSERT_TRUE(prepare_fault_stack());
    page_ = reserve(page_size());
    before_ = set_interrupt_target(&guest_.target);
  }
  void TearDown() override {
    if (page_ == nullptr) return;
    set_interrupt_target(before_);
    release(page_, page_size());
  }
  uint32_t enter(void (*function)(void*, const void*, void*), const void* argument, void* cells) {
    return wax_enter_native(&guest_.boundary, reinterpret_cast<const void*>(function), nullptr,
                            argument, cells);
  }

  Guest guest_;
  void* page_ = nullptr;
  const InterruptTarget* before_ = nullptr;
  int cell_ = 0;
};

TEST_F(FaultTest, ReturnsWhereNothingFaults) {
  EXPECT_EQ(enter(&fine, nullptr, &cell_), 0u);
  EXPECT_EQ(cell_, 42);
}

TEST_F(FaultTest, LeavesFromAFault) {
  // Registers that calls preserve hold values of this function across it.
  double x = static_cast<double>(guest_.asked) + 1.5;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(enter(&touch, page_, &cell_), 7u);
    x += 1;
  }
  EXPECT_EQ(x, 1001.5);
  EXPECT_EQ(guest_.asked, 1000);
  EXPECT_EQ(guest_.seen.kind, Fault::Kind::access);
  EXPECT_EQ(guest_.seen.address, reinterpret_cast<uintptr_t>(page_));
  EXPECT_EQ(enter(&illegal, nullptr, nullptr), 7u);
  EXPECT_EQ(guest_.seen.kind, Fault::Kind::instruction);
}

TEST_F(FaultTest, EveryThreadHasItsOwnTarget) {
  std::thread other([this] {
    Guest guest;
    ASSERT_TRUE(prepare_fault_stack());
    set_interrupt_target(&guest.target);
    EXPECT_EQ(wax_enter_native(&guest.boundary, reinterpret_cast<const void*>(&touch), nullptr,
                               page_, &cell_),
              7u);
    set_interrupt_target(nullptr);
    EXPECT_EQ(guest.asked, 1);
  });
  other.join();
  EXPECT_EQ(guest_.asked, 0);
}

using FaultDeathTest = FaultTest;

// Handlers can't be taken back, so what they pass on is looked at in processes of their own.
TEST_F(FaultDeathTest, FaultsThatAreNobodysEndTheProcess) {
  // A sanitizer, whose handler was there before ours, ends the process with a report instead.
  const auto ends = [](int status) { return status != 0; };
  guest_.takes = false;
  EXPECT_EXIT((void)enter(&touch, page_, &cell_), ends, "");
  set_interrupt_target(nullptr);
  EXPECT_EXIT((void)enter(&touch, page_, &cell_), ends, "");
  EXPECT_EXIT((void)raise(SIGSEGV), ends, "");
}

TEST(FaultChainDeathTest, PassesFaultsToTheHandlerThatWasThereBefore) {
  if (!can_redirect()) GTEST_SKIP() << "faults cannot be redirected here";
  // In a process of its own from its start, where nothing is installed yet. An emulated one cannot
  // start again; there it must do that tests that end are the first to run.
  const char* const emulator = std::getenv("WAXWING_EMULATOR");
  const bool emulated = emulator != nullptr && *emulator != '\0';
  GTEST_FLAG_SET(death_test_style, emulated ? "fast" : "threadsafe");
  EXPECT_EXIT(
      {
        struct sigaction action = {};
        action.sa_handler = [](int) { _exit(33); };
        sigaction(SIGSEGV, &action, nullptr);
        void* page = reserve(page_size());
        if (!install_fault_handlers() || !prepare_fault_stack()) _exit(1);
        // A guest takes its own fault, and passes on the next.
        Guest guest;
        set_interrupt_target(&guest.target);
        int cell = 0;
        if (wax_enter_native(&guest.boundary, reinterpret_cast<const void*>(&touch), nullptr, page,
                             &cell) != 7)
          _exit(2);
        guest.takes = false;
        touch(nullptr, page, &cell);
        _exit(3);
      },
      ::testing::ExitedWithCode(33), "");
}

} // namespace
} // namespace waxwing::platform
