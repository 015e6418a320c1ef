// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// spawn OUTPUT PROGRAM ARGUMENTS...
//
// Runs a program with its standard output in the file OUTPUT and prints what it cost: CPU time of
// the user and of the system and elapsed time in microseconds, largest resident set in KiB, minor
// page faults, and the exit code (128 + signal). A process inherits its parent's largest resident
// set across exec, so this one is linked statically and does nothing else.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t microseconds(struct timeval t) { return (int64_t)t.tv_sec * 1000000 + t.tv_usec; }
static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const int null = open("/dev/null", O_RDONLY);
  if (out < 0 || null < 0) return 2;
  const int64_t start = now();
  const pid_t child = vfork();
  if (child < 0) return 2;
  if (child == 0) {
    dup2(null, 0);
    dup2(out, 1);
    execv(argv[2], argv + 2);
    _exit(127);
  }
  int status = 0;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) return 2;
  const int64_t elapsed = (now() - start) / 1000;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  printf("%lld %lld %lld %ld %ld %d\n", (long long)microseconds(usage.ru_utime),
         (long long)microseconds(usage.ru_stime), (long long)elapsed, usage.ru_maxrss,
         usage.ru_minflt, code);
  return 0;
}
