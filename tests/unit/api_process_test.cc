// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Living in someone's process: its signals, threads, forks, memory, and allocator.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <filesystem>
#include <waxwing/compile.hpp>

#include "base/config.hpp"
#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kEndless = R"((module (memory 1) (func (export "run") (loop (br 0)))
  (func (export "fine") (result i32) (i32.const 1))
  (func $deep (export "deep") (call $deep))
  (func (export "outside") (drop (i32.load (i32.const 70000))))
  (func (export "divide") (drop (i32.div_s (i32.const 1) (i32.const 0))))))";

/// Runs `body` in a process of its own; its exit code.
template <class Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/// The folder of the build, where the compiler is.
std::string build_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path().string();
}

enum class Code : uint8_t { interpreted, compiled };

/// Runs guests that trap, and one that is stopped.
bool guests_run(Signals signals, Code code = Code::interpreted) {
  Config config;
  config.signals = signals;
  const Engine engine(config);
  auto module = Module::from_text(engine, kEndless);
  if (!module) return false;
  if (code == Code::compiled) {
    // Also where there are no addresses for guard pages.
    module = with_machine_code(
        *module, {.explicit_bounds_checks = true, .threads = 1, .folder = build_folder()});
    if (!module) return false;
  }
  auto store = Store::make(engine);
  if (!store) return false;
  auto instance = Linker(*store).instantiate(*module);
  if (!instance) return false;
  const auto kind = [&](const char* name) {
    auto ended = (*instance->func<void()>(name))();
    return ended ? TrapKind::other : ended.error().trap->kind;
  };
  if (kind("outside") != TrapKind::out_of_bounds_memory_access) return false;
  if (kind("divide") != TrapKind::integer_divide_by_zero) return false;
  if (kind("deep") != TrapKind::call_stack_exhausted) return false;
  if (!store->set_timeout(20ms)) return false;
  if (kind("run") != TrapKind::timeout) return false;
  store->clear_timeout();
  const auto fine = (*instance->func<int32_t()>("fine"))();
  return fine.has_value() && *fine == 1;
}

// AddressSanitizer and ThreadSanitizer put handlers of their own before those that these tests look
// at; the same tests run in every build without them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

constexpr int kSignals[] = {SIGURG, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

/// The command that runs programs of this machine, empty where that is the system itself.
std::string emulator() {
  const char* const command = std::getenv("WAXWING_EMULATOR");
  return command != nullptr ? command : "";
}

/// Runs one of the tests below that are disabled, in a process where nothing has run before it.
int alone(const char* test) {
  return in_child([test] {
    char self[4096] = {};
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) return 98;
    const std::string command = "exec " + emulator() + " '" + self +
                                "' --gtest_also_run_disabled_tests --gtest_brief=1 "
                                "--gtest_filter=ApiProcessAlone.DISABLED_" +
                                test;
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    return 99;
  });
}

TEST(ApiProcess, WithoutSignalsNoHandlerIsInstalled) { EXPECT_EQ(alone("NoHandler"), 0); }

TEST(ApiProcess, NorForCompiledCode) {
  // Presets without LLVM have no compiled code to run; release and gcc do.
  if (!std::filesystem::exists(build_folder() + "/libwaxwing_compile.so"))
    GTEST_SKIP() << "this build has no compiler";
  EXPECT_EQ(alone("NoHandlerForCode"), 0);
}

TEST(ApiProcess, TheHostGetsItsOwnFaults) {
  // A fault of the host is the sanitizer's to report there; all other presets run this.
  if (kSanitized) GTEST_SKIP() << "sanitizers handle faults themselves";
  EXPECT_EQ(alone("HostBefore"), 0);
  EXPECT_EQ(alone("HostAfter"), 0);
  EXPECT_EQ(alone("HostWithoutSignals"), 0);
}

TEST(ApiProcess, AHandlerThatKeepsWhatIsOursStopsNobody) {
  // They put their handlers in front of the host's; all other presets run this.
  if (kSanitized) GTEST_SKIP() << "sanitizers handle signals themselves";
  EXPECT_EQ(alone("HostKeeps"), 0);
}

// Disabled for whoever runs all tests in one process, where others have installed handlers before:
// each is run by `alone` in a test above, and its failure is that test's.
TEST(ApiProcessAlone, DISABLED_NoHandler) {
  struct sigaction before[std::size(kSignals)];
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], nullptr, &before[i]);
  EXPECT_TRUE(guests_run(Signals::off));
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    struct sigaction now;
    sigaction(kSignals[i], nullptr, &now);
    EXPECT_EQ(now.sa_handler, before[i].sa_handler) << kSignals[i];
  }
  EXPECT_TRUE(guests_run(Signals::on));
  struct sigaction now;
  sigaction(SIGURG, nullptr, &now);
  EXPECT_NE(now.sa_handler, before[0].sa_handler) << "the check above could not fail";
}

TEST(ApiProcessAlone, DISABLED_NoHandlerForCode) {
  struct sigaction before[std::size(kSignals)];
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], nullptr, &before[i]);
  EXPECT_TRUE(guests_run(Signals::off, Code::compiled));
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    struct sigaction now;
    sigaction(kSignals[i], nullptr, &now);
    EXPECT_EQ(now.sa_handler, before[i].sa_handler) << kSignals[i];
  }
  EXPECT_TRUE(guests_run(Signals::on, Code::compiled));
  struct sigaction now;
  sigaction(SIGSEGV, nullptr, &now);
  EXPECT_NE(now.sa_handler, before[1].sa_handler) << "the check above could not fail";
}

std::atomic<int> host_signals{0};
sigjmp_buf host_escape;
int* volatile host_page = nullptr;
struct sigaction host_previous;

/// A handler of the host's for SIGSEGV, and one for SIGURG that calls the one before it, if any.
void install_host_handlers() {
  struct sigaction action;
  std::memset(&action, 0, sizeof action);
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = [](int, siginfo_t*, void*) {
    ++host_signals;
    siglongjmp(host_escape, 1);
  };
  sigaction(SIGSEGV, &action, nullptr);
  action.sa_sigaction = [](int number, siginfo_t* info, void* context) {
    ++host_signals;
    if ((host_previous.sa_flags & SA_SIGINFO) != 0)
      host_previous.sa_sigaction(number, info, context);
  };
  sigaction(SIGURG, &action, &host_previous);
}

/// A fault and a signal of the host's own, which its handlers get.
void expect_host_signals() {
  int so_far = host_signals;
  raise(SIGURG);
  EXPECT_EQ(host_signals, so_far + 1);
  void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  host_page = static_cast<int*>(page);
  so_far = host_signals;
  // NOLINTNEXTLINE: what a host that handles faults does
  if (sigsetjmp(host_escape, 1) == 0) {
    *static_cast<volatile int*>(host_page) = 1;
    ADD_FAILURE() << "no fault";
  }
  EXPECT_EQ(host_signals, so_far + 1);
}

TEST(ApiProcessAlone, DISABLED_HostBefore) {
  install_host_handlers();
  EXPECT_TRUE(guests_run(Signals::on));
  expect_host_signals();
  EXPECT_TRUE(guests_run(Signals::on));
}

TEST(ApiProcessAlone, DISABLED_HostAfter) {
  EXPECT_TRUE(guests_run(Signals::on));
  install_host_handlers();
  EXPECT_TRUE(guests_run(Signals::on));
  expect_host_signals();
  EXPECT_TRUE(guests_run(Signals::on));
}

TEST(ApiProcessAlone, DISABLED_HostKeeps) {
  EXPECT_TRUE(guests_run(Signals::on));
  const auto count = [](int) { ++host_signals; };
  for (int round = 0; round < 2; ++round) {
    // Without a look at whose handler was there before.
    signal(SIGURG, count);
    EXPECT_TRUE(guests_run(Signals::on));
    const int so_far = host_signals;
    raise(SIGURG);
    EXPECT_EQ(host_signals, so_far + 1) << "its own signals are still the host's";
  }
  // One that does pass on is not called in circles.
  install_host_handlers();
  EXPECT_TRUE(guests_run(Signals::on));
  const int so_far = host_signals;
  raise(SIGURG);
  EXPECT_EQ(host_signals, so_far + 2) << "the one that passes on, and the one that was before it";
}

TEST(ApiProcessAlone, DISABLED_HostWithoutSignals) {
  install_host_handlers();
  EXPECT_TRUE(guests_run(Signals::off));
  EXPECT_EQ(host_signals, 0);
  expect_host_signals();
  EXPECT_TRUE(guests_run(Signals::off));
}

TEST(ApiProcess, AnyThreadMayCall) {
  // Threads that the library did not make, with small stacks, one after the other and at once.
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      if (guests_run(t % 2 == 0 ? Signals::on : Signals::off)) ++good;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 4);
}

TEST(ApiProcess, AChildGoesOn) {
  if (kThreadSanitizer) GTEST_SKIP() << "no threads after a fork";
  if (!emulator().empty()) GTEST_SKIP() << "emulators of programs make no threads after a fork";
  World world;
  const Instance i = world.instance(kEndless);
  // The timekeeper runs in the parent when the fork comes.
  expect(world.store.set_timeout(20ms));
  EXPECT_EQ(trap_of(expect(i.func<void()>("run"))()), TrapKind::timeout);
  world.store.clear_timeout();
  EXPECT_EQ(in_child([&] {
              // The store of the parent, a time of the child's own, and a thread that interrupts.
              if ((*i.func<int32_t()>("fine"))().value_or(0) != 1) return 1;
              if (!world.store.set_timeout(20ms)) return 2;
              auto ended = (*i.func<void()>("run"))();
              if (ended || ended.error().trap->kind != TrapKind::timeout) return 3;
              world.store.clear_timeout();
              const Interrupter interrupter = world.store.interrupter();
              std::thread other([&] {
                std::this_thread::sleep_for(20ms);
                interrupter.interrupt();
              });
              ended = (*i.func<void()>("run"))();
              other.join();
              if (ended || ended.error().trap->kind != TrapKind::interrupted) return 4;
              return guests_run(Signals::on) ? 0 : 5;
            }),
            0);
  EXPECT_EQ(expect(i.func<int32_t()>("fine"))().value(), 1);
}

TEST(ApiProcess, AddressesMayBeScarce) {
  if (kSanitized) GTEST_SKIP() << "sanitizers take terabytes of addresses";
  for (const Signals signals : {Signals::on, Signals::off})
    EXPECT_EQ(in_child([signals] {
                const rlimit limit = {rlim_t{4'000'000} << 10, rlim_t{4'000'000} << 10};
                if (setrlimit(RLIMIT_AS, &limit) != 0) return 1;
                // More memories than there would be reservations.
                Config config;
                config.signals = signals;
                const Engine engine(config);
                auto store = Store::make(engine);
                const auto module = Module::from_text(engine, "(memory (export \"memory\") 1)");
                if (!store || !module) return 2;
                Linker linker(*store);
                for (int n = 0; n < 100; ++n) {
                  auto instance = linker.instantiate(*module);
                  if (!instance) return 3;
                  if (!instance->memory()->grow(2)) return 4;
                }
                return guests_run(signals) ? 0 : 5;
              }),
              0);
}

/// An allocator of the host's that counts, and that can refuse.
struct Counting {
  std::atomic<int64_t> bytes{0};
  std::atomic<int64_t> calls{0};
  int64_t refuse_from = INT64_MAX;

  static void* resize(void* self, void* pointer, size_t old_size, size_t new_size,
                      size_t alignment) {
    auto& counting = *static_cast<Counting*>(self);
    if (new_size == 0) {
      counting.bytes -= static_cast<int64_t>(old_size);
      std::free(pointer);
      return nullptr;
    }
    if (++counting.calls >= counting.refuse_from) return nullptr;
    void* made = std::aligned_alloc(alignment, (new_size + alignment - 1) / alignment * alignment);
    if (made == nullptr) return nullptr;
    if (pointer != nullptr) {
      std::memcpy(made, pointer, old_size < new_size ? old_size : new_size);
      std::free(pointer);
    }
    counting.bytes += static_cast<int64_t>(new_size) - static_cast<int64_t>(old_size);
    return made;
  }
};

TEST(ApiProcess, TheAllocatorIsTheHosts) {
  Counting counting;
  {
    Config config;
    config.allocator = {&Counting::resize, &counting};
    World world(config);
    const Instance i = world.instance(kEndless);
    EXPECT_EQ(expect(i.func<int32_t()>("fine"))().value(), 1);
    EXPECT_GT(counting.bytes, 0);
  }
  EXPECT_EQ(counting.bytes, 0) << "everything was given back";
}

TEST(ApiProcess, EveryRefusedAllocationIsAnError) {
  Counting whole;
  const auto run = [](Counting& counting) {
    Config config;
    config.allocator = {&Counting::resize, &counting};
    const Engine engine(config);
    const auto module = Module::from_text(engine, kEndless);
    if (!module) return module.error().kind == ErrorKind::out_of_memory ? 1 : -1;
    auto store = Store::make(engine);
    if (!store) return 1;
    Linker linker(*store);
    if (auto made = linker.func("h", "f", [](int32_t) {}); !made)
      return made.error().kind == ErrorKind::out_of_memory ? 1 : -1;
    if (auto made = linker.wasi({}); !made)
      return made.error().kind == ErrorKind::out_of_memory ? 1 : -1;
    auto instance = linker.instantiate(*module);
    if (!instance) return instance.error().kind == ErrorKind::out_of_memory ? 1 : -1;
    auto ended = (*instance->func<int32_t()>("fine"))();
    if (!ended) return ended.error().trap->kind == TrapKind::out_of_memory ? 1 : -1;
    return 0;
  };
  ASSERT_EQ(run(whole), 0);
  ASSERT_GT(whole.calls, 20);
  for (int64_t n = 1; n <= whole.calls; ++n) {
    Counting counting;
    counting.refuse_from = n;
    EXPECT_GE(run(counting), 0) << "allocation " << n;
    EXPECT_EQ(counting.bytes, 0) << "allocation " << n;
  }
}

TEST(ApiProcess, DeterministicNaNsAreCanonical) {
  Config config;
  config.deterministic = true;
  World world(config);
  const Instance i = world.instance(R"((module
    (func (export "nan") (param i32) (result i32)
      (i32.reinterpret_f32 (f32.add (f32.reinterpret_i32 (local.get 0)) (f32.const 1))))
    (func (export "madd") (result i32)
      (i32.reinterpret_f32 (f32x4.extract_lane 0 (f32x4.relaxed_madd
        (v128.const i32x4 0x7fa00001 0 0 0) (v128.const f32x4 1 0 0 0)
        (v128.const f32x4 1 0 0 0)))))))");
  EXPECT_EQ(expect(i.func<uint32_t(uint32_t)>("nan"))(0xFFA01234).value(), 0x7FC00000U);
  EXPECT_EQ(expect(i.func<uint32_t()>("madd"))().value(), 0x7FC00000U);
}

} // namespace
} // namespace waxwing::api_test
