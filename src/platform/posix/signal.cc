// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/signal.hpp"

#include <pthread.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/config.hpp"
#include "platform/thread.hpp"

namespace waxwing::platform {

namespace {

// Ignored by default and used by hardly anyone, so that neither a stray signal nor a library that
// asks for it does harm.
constexpr int kSignal = SIGURG;

RedirectRange redirect{};
struct sigaction previous;
Mutex installation;
std::atomic<bool> installed{false};
/// `redirect` is set.
std::atomic<bool> redirects{false};
// Its address marks the signals that are ours.
const char marker = 0;

// The handler may not wait for the allocation of thread-local memory, hence the model.
[[gnu::tls_model("initial-exec")]] thread_local const InterruptTarget* current = nullptr;

/// See `interrupted_registers`.
struct Registers {
  uintptr_t values[32];
  size_t count;
};
[[gnu::tls_model("initial-exec")]] thread_local Registers interrupted;

void add_register(auto value) {
  interrupted.values[interrupted.count++] = static_cast<uintptr_t>(value);
}

#if defined(__x86_64__)
constexpr bool kCanRedirect = true;
uintptr_t program_counter(const ucontext_t& context) {
  return static_cast<uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
}
void save_registers(const ucontext_t& context) {
  for (int i = REG_R8; i <= REG_RCX; ++i) add_register(context.uc_mcontext.gregs[i]);
}
void enter(ucontext_t& context, void (*function)(void*), void* argument) {
  auto& registers = context.uc_mcontext.gregs;
  // Below the red zone, and as if a call had just pushed a return address.
  const uintptr_t stack = ((static_cast<uintptr_t>(registers[REG_RSP]) - 128) & ~uintptr_t{15}) - 8;
  constexpr greg_t kDirectionFlag = 0x400;
  registers[REG_RSP] = static_cast<greg_t>(stack);
  registers[REG_RDI] = reinterpret_cast<greg_t>(argument);
  registers[REG_RIP] = reinterpret_cast<greg_t>(function);
  registers[REG_EFL] &= ~kDirectionFlag;
}
#elif defined(__aarch64__)
constexpr bool kCanRedirect = true;
uintptr_t program_counter(const ucontext_t& context) { return context.uc_mcontext.pc; }
void save_registers(const ucontext_t& context) {
  for (const auto value : context.uc_mcontext.regs) add_register(value);
}
void enter(ucontext_t& context, void (*function)(void*), void* argument) {
  context.uc_mcontext.sp &= ~uintptr_t{15};
  context.uc_mcontext.regs[0] = reinterpret_cast<uintptr_t>(argument);
  context.uc_mcontext.pc = reinterpret_cast<uintptr_t>(function);
  // No branch type: an indirect jump may have been pending.
  context.uc_mcontext.pstate &= ~(uint64_t{3} << 10);
}
#elif defined(__arm__)
constexpr bool kCanRedirect = true;
uintptr_t program_counter(const ucontext_t& context) { return context.uc_mcontext.arm_pc; }
void save_registers(const ucontext_t& context) {
  const auto& from = context.uc_mcontext;
  for (const auto value :
       {from.arm_r0, from.arm_r1, from.arm_r2, from.arm_r3, from.arm_r4, from.arm_r5, from.arm_r6,
        from.arm_r7, from.arm_r8, from.arm_r9, from.arm_r10, from.arm_fp, from.arm_ip})
    add_register(value);
}
void enter(ucontext_t& context, void (*function)(void*), void* argument) {
  auto& registers = context.uc_mcontext;
  const auto address = reinterpret_cast<uintptr_t>(function);
  registers.arm_sp &= ~7ul;
  registers.arm_r0 = reinterpret_cast<uintptr_t>(argument);
  registers.arm_pc = address & ~uintptr_t{1};
  constexpr unsigned long kThumb = 1ul << 5;
  constexpr unsigned long kIfThen = 3ul << 25 | 0x3Ful << 10;
  registers.arm_cpsr &= ~(kThumb | kIfThen);
  if ((address & 1) != 0) registers.arm_cpsr |= kThumb;
}
#else
constexpr bool kCanRedirect = false;
uintptr_t program_counter(const ucontext_t&) { return 0; }
void save_registers(const ucontext_t&) {}
void enter(ucontext_t&, void (*)(void*), void*) {}
#endif

void pass_on(int number, siginfo_t* info, void* context) {
  if ((previous.sa_flags & SA_SIGINFO) != 0)
    previous.sa_sigaction(number, info, context);
  else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
    previous.sa_handler(number);
}

void handle(int number, siginfo_t* info, void* raw) {
  if (info->si_code != SI_QUEUE || info->si_value.sival_ptr != &marker) {
    pass_on(number, info, raw);
    return;
  }
  const InterruptTarget* stopped = current;
  if (!redirects.load(std::memory_order_acquire) || stopped == nullptr ||
      stopped->word->load(std::memory_order_relaxed) == 0)
    return;
  auto& context = *static_cast<ucontext_t*>(raw);
  const uintptr_t at = program_counter(context);
  if (at < reinterpret_cast<uintptr_t>(redirect.begin) ||
      at >= reinterpret_cast<uintptr_t>(redirect.end))
    return;
  interrupted.count = 0;
  save_registers(context);
  enter(context, redirect.escape, stopped->context);
}

bool install() {
  struct sigaction action;
  std::memset(&action, 0, sizeof action);
  action.sa_sigaction = &handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  if (sigaction(kSignal, nullptr, &previous) != 0 || sigaction(kSignal, &action, nullptr) != 0)
    return false;
  installed.store(true, std::memory_order_release);
  return true;
}

struct NativeStack {
  bool known = false;
  uintptr_t low = 0;
  uintptr_t high = 0;
};

// Asked of the system once a thread: for the first thread of a process that means reading a file.
NativeStack find_stack() {
  NativeStack stack{.known = true};
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return stack;
  void* low = nullptr;
  size_t size = 0;
  if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
    stack.low = reinterpret_cast<uintptr_t>(low);
    stack.high = stack.low + size;
  }
  pthread_attr_destroy(&attributes);
  return stack;
}

} // namespace

// ThreadSanitizer records calls in an array of 65,536 that it doesn't check.
constexpr size_t kThreadSanitizerStack = size_t{2} << 20;

uintptr_t native_stack_limit(size_t reserve) {
  static thread_local NativeStack stack;
  if (!stack.known) {
    stack = find_stack();
    if (kThreadSanitizer && stack.high - stack.low > kThreadSanitizerStack)
      stack.low = stack.high - kThreadSanitizerStack;
  }
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (here < stack.low || here >= stack.high) return 0;
  const size_t half = (stack.high - stack.low) / 2;
  return stack.low + (reserve < half ? reserve : half);
}

std::span<const uintptr_t> interrupted_registers() {
  return {interrupted.values, interrupted.count};
}

bool can_redirect() { return kCanRedirect && !kThreadSanitizer; }

bool install_interruption() {
  LockGuard guard(installation);
  return installed.load(std::memory_order_acquire) || install();
}

bool install_redirect(const RedirectRange& range) {
  if (!can_redirect() || !install_interruption()) return false;
  LockGuard guard(installation);
  if (redirects.load(std::memory_order_relaxed)) return true;
  redirect = range;
  redirects.store(true, std::memory_order_release);
  return true;
}

const InterruptTarget* set_interrupt_target(const InterruptTarget* target) {
  const InterruptTarget* before = current;
  current = target;
  // The handler runs on this thread: only the compiler could reorder what it sees.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return before;
}

ThreadHandle current_thread() {
  static thread_local const auto id = static_cast<ThreadHandle>(syscall(SYS_gettid));
  return id;
}

void interrupt_thread(ThreadHandle thread) {
  if (thread == 0 || !installed.load(std::memory_order_acquire)) return;
  const int error = errno;
  siginfo_t info;
  std::memset(&info, 0, sizeof info);
  info.si_signo = kSignal;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_ptr = const_cast<char*>(&marker);
  // The C library's own functions would need a thread that is known to be alive.
  (void)syscall(SYS_rt_tgsigqueueinfo, getpid(), static_cast<pid_t>(thread), kSignal, &info);
  errno = error;
}

} // namespace waxwing::platform
