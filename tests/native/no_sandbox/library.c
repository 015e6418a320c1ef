// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guest that is a library: others call what it exports.
#include "library.h"

#include <stdlib.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(#name)))

static int calls;
static int step = 1;

__attribute__((constructor)) static void set_up(void) { step = 10; }

EXPORT(guest_sum) long guest_sum(const long* numbers, size_t count) {
  long sum = 0;
  for (size_t i = 0; i < count; ++i) sum += numbers[i];
  calls += step;
  return sum;
}
EXPORT(guest_map) void guest_map(double* numbers, size_t count, double (*by)(double)) {
  for (size_t i = 0; i < count; ++i) numbers[i] = by(numbers[i]);
  calls += step;
}
EXPORT(guest_copy) char* guest_copy(const char* text) {
  char* const made = malloc(strlen(text) + 1);
  return made == NULL ? NULL : strcpy(made, text);
}
static int backwards(const void* a, const void* b) { return *(const char*)b - *(const char*)a; }
EXPORT(guest_order) comparison guest_order(void) { return backwards; }
EXPORT(guest_calls) int guest_calls(void) { return calls; }
EXPORT(guest_log) void guest_log(const char* text) { host_log(text, calls); }
