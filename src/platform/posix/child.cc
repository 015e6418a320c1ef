// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/child.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <new>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace waxwing::platform {

namespace {

void prepare_child(unsigned cpu_seconds) {
  for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGPIPE})
    signal(number, SIG_DFL);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  if (cpu_seconds != 0) {
    const rlimit time{cpu_seconds, cpu_seconds};
    setrlimit(RLIMIT_CPU, &time);
  }
}

ChildResult wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return {ChildEnd::exited, 0};
  if (WIFSIGNALED(status)) return {ChildEnd::crashed, WTERMSIG(status)};
  const int code = WEXITSTATUS(status);
  return {code == 0 ? ChildEnd::finished : ChildEnd::exited, code};
}

} // namespace

void ChildOutput::send(const void* bytes, size_t size) {
  const char* at = static_cast<const char*>(bytes);
  while (size != 0) {
    const ssize_t sent = write(pipe_, at, size);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return;
    }
    at += sent;
    size -= static_cast<size_t>(sent);
  }
}

ChildResult run_in_child(void (*work)(void*, ChildOutput&), void* context,
                         bool (*receive)(void*, const uint8_t*, size_t), void* receive_context,
                         unsigned cpu_seconds) {
  // One word that both see.
  void* const shared = mmap(nullptr, sizeof(std::atomic<uint32_t>), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return {};
  auto* const mark = ::new (shared) std::atomic<uint32_t>(0xFFFFFFFF);
  ChildResult result;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) == 0) {
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      prepare_child(cpu_seconds);
      ChildOutput output(ends[1], *mark);
      work(context, output);
      _exit(0);
    }
    close(ends[1]);
    if (child > 0) {
      bool stopped = false;
      uint8_t buffer[1 << 16];
      for (;;) {
        const ssize_t got = read(ends[0], buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        if (!stopped && !receive(receive_context, buffer, static_cast<size_t>(got))) {
          stopped = true;
          kill(child, SIGKILL);
        }
      }
      result = wait_for(child);
      if (stopped) result.end = ChildEnd::stopped;
    }
    close(ends[0]);
  }
  result.mark = mark->load(std::memory_order_relaxed);
  munmap(shared, sizeof(std::atomic<uint32_t>));
  return result;
}

ChildResult run_program(const char* const* argv) {
  pid_t child = 0;
  // It changes none of the words.
  if (posix_spawnp(&child, argv[0], nullptr, nullptr, const_cast<char* const*>(argv), environ) != 0)
    return {};
  return wait_for(child);
}

} // namespace waxwing::platform
