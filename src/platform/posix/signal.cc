// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/signal.hpp"

#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>

#include "base/config.hpp"
#include "platform/machine_state.hpp"
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
MachineState state_of(const ucontext_t& context) {
  const auto& registers = context.uc_mcontext.gregs;
  return {static_cast<uintptr_t>(registers[REG_RIP]), static_cast<uintptr_t>(registers[REG_RSP]),
          static_cast<uintptr_t>(registers[REG_RBP]), 0};
}
void save_registers(const ucontext_t& context) {
  for (int i = REG_R8; i <= REG_RCX; ++i) add_register(context.uc_mcontext.gregs[i]);
}
void enter(ucontext_t& context, const Continuation& where) {
  auto& registers = context.uc_mcontext.gregs;
  // Below the red zone, and as if a call had just pushed a return address.
  const uintptr_t stack = ((static_cast<uintptr_t>(registers[REG_RSP]) - 128) & ~uintptr_t{15}) - 8;
  constexpr greg_t kDirectionFlag = 0x400;
  registers[REG_RSP] = static_cast<greg_t>(stack);
  registers[REG_RDI] = static_cast<greg_t>(where.arguments[0]);
  registers[REG_RSI] = static_cast<greg_t>(where.arguments[1]);
  registers[REG_RIP] = reinterpret_cast<greg_t>(where.function);
  registers[REG_EFL] &= ~kDirectionFlag;
}
#elif defined(__aarch64__)
constexpr bool kCanRedirect = true;
MachineState state_of(const ucontext_t& context) {
  const auto& registers = context.uc_mcontext;
  return {registers.pc, registers.sp, registers.regs[29], registers.regs[30]};
}
void save_registers(const ucontext_t& context) {
  for (const auto value : context.uc_mcontext.regs) add_register(value);
}
void enter(ucontext_t& context, const Continuation& where) {
  context.uc_mcontext.sp &= ~uintptr_t{15};
  context.uc_mcontext.regs[0] = where.arguments[0];
  context.uc_mcontext.regs[1] = where.arguments[1];
  context.uc_mcontext.pc = reinterpret_cast<uintptr_t>(where.function);
  // No branch type: an indirect jump may have been pending.
  context.uc_mcontext.pstate &= ~(uint64_t{3} << 10);
}
#elif defined(__arm__)
constexpr bool kCanRedirect = true;
MachineState state_of(const ucontext_t& context) {
  const auto& registers = context.uc_mcontext;
  return {registers.arm_pc, registers.arm_sp, registers.arm_fp, registers.arm_lr};
}
void save_registers(const ucontext_t& context) {
  const auto& from = context.uc_mcontext;
  for (const auto value :
       {from.arm_r0, from.arm_r1, from.arm_r2, from.arm_r3, from.arm_r4, from.arm_r5, from.arm_r6,
        from.arm_r7, from.arm_r8, from.arm_r9, from.arm_r10, from.arm_fp, from.arm_ip})
    add_register(value);
}
void enter(ucontext_t& context, const Continuation& where) {
  auto& registers = context.uc_mcontext;
  const auto address = reinterpret_cast<uintptr_t>(where.function);
  registers.arm_sp &= ~7ul;
  registers.arm_r0 = where.arguments[0];
  registers.arm_r1 = where.arguments[1];
  registers.arm_pc = address & ~uintptr_t{1};
  constexpr unsigned long kThumb = 1ul << 5;
  constexpr unsigned long kIfThen = 3ul << 25 | 0x3Ful << 10;
  registers.arm_cpsr &= ~(kThumb | kIfThen);
  if ((address & 1) != 0) registers.arm_cpsr |= kThumb;
}
#elif defined(__riscv)
constexpr bool kCanRedirect = true;
MachineState state_of(const ucontext_t& context) {
  const auto& registers = context.uc_mcontext.__gregs;
  return {registers[REG_PC], registers[REG_SP], registers[REG_S0], registers[REG_RA]};
}
void save_registers(const ucontext_t& context) {
  for (const auto value : context.uc_mcontext.__gregs) add_register(value);
}
void enter(ucontext_t& context, const Continuation& where) {
  auto& registers = context.uc_mcontext.__gregs;
  registers[REG_SP] &= ~uintptr_t{15};
  registers[REG_A0] = where.arguments[0];
  registers[REG_A0 + 1] = where.arguments[1];
  registers[REG_PC] = reinterpret_cast<uintptr_t>(where.function);
}
#else
constexpr bool kCanRedirect = false;
MachineState state_of(const ucontext_t&) { return {}; }
void save_registers(const ucontext_t&) {}
void enter(ucontext_t&, const Continuation&) {}
#endif

// Handlers that were put in front of ours since, the last one last: see `keep_in_front`.
struct sigaction in_front[4];
std::atomic<size_t> front_count{0};
/// A word, since riscv64 has no exchange of bytes without a library.
std::atomic<uint32_t> keeping{0};
[[gnu::tls_model("initial-exec")]] thread_local size_t passed_on = 0;

void pass_on(int number, siginfo_t* info, void* context) {
  // A handler that passes on what is not its own comes back here, for the one that was there before
  // it.
  const size_t count = front_count.load(std::memory_order_acquire);
  const struct sigaction& next = passed_on < count ? in_front[count - 1 - passed_on] : previous;
  ++passed_on;
  if ((next.sa_flags & SA_SIGINFO) != 0)
    next.sa_sigaction(number, info, context);
  else if (next.sa_handler != SIG_DFL && next.sa_handler != SIG_IGN)
    next.sa_handler(number);
  --passed_on;
}

void handle(int number, siginfo_t* info, void* raw) {
  if (info->si_code != SI_QUEUE || info->si_value.sival_ptr != &marker) {
    pass_on(number, info, raw);
    return;
  }
  const InterruptTarget* stopped = current;
  if (stopped == nullptr || stopped->word->load(std::memory_order_relaxed) == 0) return;
  auto& context = *static_cast<ucontext_t*>(raw);
  const MachineState at = state_of(context);
  Continuation where{};
  if (redirects.load(std::memory_order_acquire) &&
      at.pc >= reinterpret_cast<uintptr_t>(redirect.begin) &&
      at.pc < reinterpret_cast<uintptr_t>(redirect.end)) {
    interrupted.count = 0;
    save_registers(context);
    where = {reinterpret_cast<const void*>(redirect.escape),
             {reinterpret_cast<uintptr_t>(stopped->context), 0}};
  } else if (stopped->resume == nullptr || !stopped->resume(stopped->context, at, nullptr, where))
    return;
  enter(context, where);
}

/// Where the host has put a handler in the place of ours, takes the place back and passes on to it
/// what is not ours: whether it would have passed ours on cannot be known, and a guest could not be
/// stopped if not. For signal handlers, too.
void keep_in_front() {
  struct sigaction now;
  if (sigaction(kSignal, nullptr, &now) != 0) return;
  if ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == &handle) return;
  if (keeping.exchange(1) != 0) return;
  const size_t count = front_count.load(std::memory_order_relaxed);
  // Whoever does it again and again has the last word.
  if (count < std::size(in_front)) {
    in_front[count] = now;
    front_count.store(count + 1, std::memory_order_release);
    struct sigaction action;
    std::memset(&action, 0, sizeof action);
    action.sa_sigaction = &handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigfillset(&action.sa_mask);
    (void)sigaction(kSignal, &action, nullptr);
  }
  keeping.store(0);
}

/// What may be guest code that faults, and what was there before.
struct FaultSignal {
  int number;
  Fault::Kind kind;
  struct sigaction previous;
};
FaultSignal fault_signals[] = {
    {SIGSEGV, Fault::Kind::access, {}},
    {SIGBUS, Fault::Kind::access, {}},
    {SIGILL, Fault::Kind::instruction, {}},
    {SIGTRAP, Fault::Kind::instruction, {}},
};
std::atomic<bool> faults_installed{false};

/// Does what would have been done without us.
void pass_fault_on(const FaultSignal& signal, siginfo_t* info, void* context) {
  const struct sigaction& before = signal.previous;
  if ((before.sa_flags & SA_SIGINFO) != 0) {
    before.sa_sigaction(signal.number, info, context);
    return;
  }
  if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(signal.number);
    return;
  }
  const bool was_sent = info->si_code <= 0;
  if (was_sent && before.sa_handler == SIG_IGN) return;
  // The instruction faults once more, and that ends the process.
  struct sigaction action;
  std::memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  sigaction(signal.number, &action, nullptr);
  if (was_sent) (void)raise(signal.number);
}

void handle_fault(int number, siginfo_t* info, void* raw) {
  const FaultSignal* signal = fault_signals;
  while (signal->number != number) ++signal;
  const InterruptTarget* stopped = current;
  if (info->si_code > 0 && stopped != nullptr && stopped->resume != nullptr) {
    auto& context = *static_cast<ucontext_t*>(raw);
    const Fault fault{signal->kind, reinterpret_cast<uintptr_t>(info->si_addr), raw};
    Continuation where{};
    if (stopped->resume(stopped->context, state_of(context), &fault, where)) {
      enter(context, where);
      return;
    }
  }
  pass_fault_on(*signal, info, raw);
}

/// Room for a handler, whatever registers the kernel saves. Ends with the thread.
constexpr size_t kFaultStack = size_t{64} * 1024;
pthread_key_t fault_stack_key;

void release_fault_stack(void* stack) {
  stack_t off;
  std::memset(&off, 0, sizeof off);
  off.ss_flags = SS_DISABLE;
  sigaltstack(&off, nullptr);
  munmap(stack, kFaultStack);
}

bool make_fault_stack() {
  stack_t stack;
  if (sigaltstack(nullptr, &stack) == 0 && (stack.ss_flags & SS_DISABLE) == 0 &&
      stack.ss_size >= kFaultStack / 2)
    return true;
  void* memory = mmap(nullptr, kFaultStack, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  std::memset(&stack, 0, sizeof stack);
  stack.ss_sp = memory;
  stack.ss_size = kFaultStack;
  if (sigaltstack(&stack, nullptr) != 0 || pthread_setspecific(fault_stack_key, memory) != 0) {
    munmap(memory, kFaultStack);
    return false;
  }
  return true;
}

bool install_faults() {
  if (pthread_key_create(&fault_stack_key, &release_fault_stack) != 0) return false;
  struct sigaction action;
  std::memset(&action, 0, sizeof action);
  action.sa_sigaction = &handle_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  for (FaultSignal& signal : fault_signals)
    if (sigaction(signal.number, nullptr, &signal.previous) != 0 ||
        sigaction(signal.number, &action, nullptr) != 0)
      return false;
  return true;
}

/// Counts the forks that this process is the child of.
std::atomic<uint32_t> forks{0};

bool install() {
  // A child's one thread has another name than it had in the parent.
  if (pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); }) != 0)
    return false;
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

// The stack of the process's first thread: what it was started with lies at its very end.
bool find_first_stack(NativeStack& stack) {
#ifdef AT_EXECFN
  rlimit limit;
  const auto words = static_cast<uintptr_t>(getauxval(AT_EXECFN));
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  // A gap of at least this size is kept free below the stack (mmap_base in the kernel).
  constexpr rlim_t kGap = rlim_t{128} * 1024 * 1024;
  if (words == 0 || getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return false;
  const auto size = static_cast<uintptr_t>(limit.rlim_cur < kGap ? limit.rlim_cur : kGap);
  if (here >= words || words - here > size) return false;
  stack.high = words;
  stack.low = words - size;
  return true;
#else
  (void)stack;
  return false;
#endif
}

// Asked of the system once a thread. The C library would read a file for the first one.
NativeStack find_stack() {
  NativeStack stack{.known = true};
  if (find_first_stack(stack)) return stack;
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

bool install_fault_handlers() {
  if (!kCanRedirect) return false;
  LockGuard guard(installation);
  if (!faults_installed) faults_installed = install_faults();
  return faults_installed;
}

bool prepare_fault_stack() {
  static thread_local bool prepared = false;
  if (!faults_installed.load(std::memory_order_acquire)) return true;
  if (!prepared) prepared = make_fault_stack();
  return prepared;
}

const InterruptTarget* set_interrupt_target(const InterruptTarget* target) {
  const InterruptTarget* before = current;
  current = target;
  // The handler runs on this thread: only the compiler could reorder what it sees.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return before;
}

ThreadHandle current_thread() {
  static thread_local ThreadHandle id = 0;
  static thread_local uint32_t known_at = 0;
  const uint32_t now = forks.load(std::memory_order_relaxed);
  if (id == 0 || known_at != now) {
    id = static_cast<ThreadHandle>(syscall(SYS_gettid));
    known_at = now;
  }
  return id;
}

void interrupt_thread(ThreadHandle thread) {
  if (thread == 0 || !installed.load(std::memory_order_acquire)) return;
  const int error = errno;
  keep_in_front();
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

MachineState machine_state(const void* context) {
  return state_of(*static_cast<const ucontext_t*>(context));
}

} // namespace waxwing::platform
