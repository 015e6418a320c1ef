// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clocks: they advance, sleeping takes as long as asked, calendar time is of this age.
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t) != 0) return -1;
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(void) {
  double last = now(CLOCK_MONOTONIC);
  int backwards = 0;
  for (int i = 0; i < 1000; i++) {
    double t = now(CLOCK_MONOTONIC);
    backwards += t < last;
    last = t;
  }
  printf("backwards %d\n", backwards);

  struct timespec wait = {0, 20 * 1000 * 1000};
  double start = now(CLOCK_MONOTONIC);
  printf("nanosleep %d\n", nanosleep(&wait, NULL));
  double slept = now(CLOCK_MONOTONIC) - start;
  printf("at least asked %d, not a minute %d\n", slept >= 0.0199, slept < 60);
  start = now(CLOCK_MONOTONIC);
  usleep(5000);
  printf("usleep %d\n", now(CLOCK_MONOTONIC) - start >= 0.0049);

  struct timespec resolution;
  printf("resolution %d %d\n", clock_getres(CLOCK_MONOTONIC, &resolution),
         resolution.tv_sec == 0 && resolution.tv_nsec > 0);
  struct timeval tv;
  gettimeofday(&tv, NULL);
  time_t seconds = time(NULL);
  printf("same second %d\n", seconds - tv.tv_sec <= 1);
  printf("after 2023 %d, before 2100 %d\n", seconds > 1700000000, seconds < 4102444800);

  time_t known = 951782400; // 2000-02-29
  struct tm* date = gmtime(&known);
  char text[64];
  strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %j", date);
  puts(text);
  date->tm_mday += 366;
  time_t later = mktime(date);
  strftime(text, sizeof text, "%F", gmtime(&later));
  puts(text);
  return 0;
}
