// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program in C that calls a guest as any other library.
#include "library.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void host_log(const char* text, int number) { printf("%s %d\n", text, number); }

static void* work(void* text) {
  for (int i = 0; i < 1000; ++i) {
    char* const copy = guest_copy(text);
    if (strcmp(copy, text) != 0) exit(3);
    qsort(copy, strlen(copy), 1, guest_order());
    free(copy);
  }
  return NULL;
}

int main(void) {
  const long numbers[] = {1, 20, 300, 4000};
  double reals[] = {1, 4, 9};
  printf("%ld ", guest_sum(numbers, 4));
  guest_map(reals, 3, sqrt);
  printf("%g %g %g ", reals[0], reals[1], reals[2]);
  char* const copy = guest_copy("words");
  qsort(copy, 5, 1, guest_order());
  printf("%s %d\n", copy, guest_calls());
  free(copy);
  guest_log("logged");
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, work, "some text");
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  return 0;
}
