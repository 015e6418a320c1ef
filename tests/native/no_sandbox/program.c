// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guest that passes pointers and functions both ways to a library of the host and to the C
// library. What it prints is what the same source prints when C compiles it.
#include "host.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct entry {
  const char* name;
  int (*value)(int);
  struct entry* next;
};
static int twice(int a) { return 2 * a; }
static int square(int a) { return a * a; }
static struct entry last = {"square", square, NULL};
static struct entry first = {"twice", twice, &last};
static struct entry* const list = &first;
static int numbers[] = {5, -3, 12, 0, 7, 7, -20};
static int* const middle = &numbers[3];
static char zeros[5000];

static int by_value(const void* a, const void* b) {
  const int x = *(const int*)a, y = *(const int*)b;
  return (x > y) - (x < y);
}

static void show(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
}

struct count {
  size_t longest;
  char words[64];
};
static int visit(void* context, const char* word, size_t length) {
  struct count* const count = context;
  if (length > count->longest) count->longest = length;
  strncat(count->words, word, length);
  strcat(count->words, ",");
  return strncmp(word, "stop", length) == 0;
}

__attribute__((noinline)) static unsigned variable_length(unsigned n) {
  unsigned numbers_of[n + 1], sum = 0;
  for (unsigned i = 0; i <= n; ++i) numbers_of[i] = i * i;
  if (n > 3) sum += variable_length(n / 2);
  for (unsigned i = 0; i <= n; ++i) sum = sum * 31 + numbers_of[n - i];
  return sum;
}

__attribute__((noinline)) static uintptr_t aligned(int* sum) {
  _Alignas(256) char room[300];
  memset(room, 7, sizeof room);
  for (size_t i = 0; i < sizeof room; ++i) *sum += room[i];
  return (uintptr_t)room % 256;
}

static struct point by_value_of(struct point p, double by) {
  p.x += by;
  return p;
}

__attribute__((noinline)) static int deep(int n, int* above) {
  int here = n + *above;
  if (n == 0) return here;
  return deep(n - 1, &here) + here % 3;
}

int main(int argc, char** argv) {
  printf("%d words, the last one %s\n", argc, argv[argc - 1]);
  qsort(numbers, sizeof numbers / sizeof numbers[0], sizeof numbers[0], by_value);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; ++i) printf("%d ", numbers[i]);
  const int key = 12;
  const int* const found = bsearch(&key, numbers, 7, sizeof(int), by_value);
  printf("middle %d, 12 at %td\n", *middle, found - numbers);
  for (const struct entry* e = list; e != NULL; e = e->next)
    printf("%s(7) = %d\n", e->name, e->value(7));

  struct point p;
  const int filled = host_fill(&p, 5, "five");
  printf("%d: %d %g %g %s, %g away\n", filled, p.id, p.x, p.y, p.name, p.measure(&p));
  p = by_value_of(p, 10);
  printf("%g, %d calls, %g\n", p.x, host_calls,
         (double)host_mix(1.5f, 2.25, 1LL << 40, -3, "four", -5, 6, 7));
  struct count count = {0, ""};
  const int visited = host_words("a guest counts the words until stop comes along", visit, &count);
  printf("%d words, longest %zu: %s\n", visited, count.longest, count.words);
  printf("%d %d\n", host_operation('+')(6, 7), host_operation('*')(6, 7));

  show("%5.2f|%-6s|%*d|%lld|%c|%x|%%|%p\n", 3.14159, "left", 6, 42, 1LL << 60, 'c', 255u, NULL);
  show("%2$s before %1$d, %3$.1f\n", 1, "two", 3.0);
  char text[12];
  printf("%d %s\n", snprintf(text, sizeof text, "%s and %d", "numbers", 12345), text);
  int number = 0;
  double real = 0;
  char word[8] = "";
  printf("%d: ", sscanf("17 2.5 words", "%d %lf %4s", &number, &real, word));
  printf("%d %g %s\n", number, real, word);

  char* const memory = malloc(100);
  assert(memory != NULL);
  strcpy(memory, "from the host");
  for (char* c = memory; *c != 0; ++c) *c = (char)toupper(*c);
  puts(memory);
  free(memory);
  errno = 0;
  printf("%d %d %s\n", fopen("/no/such/file", "r") == NULL, errno == ENOENT, strerror(ENOENT));
  struct tm parts;
  const time_t when = 1000000000;
  gmtime_r(&when, &parts);
  strftime(text, sizeof text, "%Y-%m-%d", &parts);
  printf("%s %d:%02d\n", text, parts.tm_hour, parts.tm_min);

  int sum = 0;
  printf("%u %u ", variable_length(3), variable_length(1000));
  printf("%d %d\n", (int)aligned(&sum), sum);
  printf("%d %d\n", deep(100, &sum), (int)memcmp(zeros, zeros + 2500, 2500));
  const unsigned __int128 wide = (unsigned __int128)UINT64_MAX * (unsigned)(argc + 5);
  printf("%llx%016llx %.17g\n", (unsigned long long)(wide >> 64), (unsigned long long)wide,
         sqrt(2) * pow(3, 2.5));
  fprintf(stderr, "to standard error\n");
  fflush(stdout);
  return 42;
}
