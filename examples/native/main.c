/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Two instances of a module from C, each with its own memory. */
#include <stdio.h>
#include <string.h>

#include "counter.h"

/* What the module imports. */
void counter_import_env_log(counter_instance* instance, int32_t count, double scaled) {
  printf("%s: %d, scaled %g\n", (const char*)counter_instance_user(instance), count, scaled);
  if (count > 1000) counter_instance_trap(instance, "that is too much");
}

static counter_instance* make(const char* name) {
  struct waxwing_config config = {0};
  char error[256];
  counter_instance* instance;
  config.user = (void*)name;
  instance = counter_instance_new(&config, error, sizeof error);
  if (instance == NULL) fprintf(stderr, "%s: %s\n", name, error);
  return instance;
}

int main(void) {
  counter_instance* first = make("first");
  counter_instance* second = make("second");
  int32_t count = 0, quotient = 0, remainder = 0;
  double mean = 0;
  size_t size = 0;
  if (first == NULL || second == NULL) return 1;

  if (counter_add(first, 40, &count) != WAXWING_OK) return 1;
  if (counter_add(second, 1, &count) != WAXWING_OK) return 1;
  if (counter_add(first, 2, &count) != WAXWING_OK) return 1;
  printf("first has counted to %d\n", count);
  if (counter_report(first, 0.5) != WAXWING_OK || counter_report(second, 0.5) != WAXWING_OK)
    return 1;

  if (counter_divide(first, -17, 5, &quotient, &remainder) != WAXWING_OK) return 1;
  printf("-17 / 5 is %d, remainder %d\n", quotient, remainder);
  if (counter_mean(first, 1.5, 2.5f, &mean) != WAXWING_OK) return 1;
  printf("the mean of 1.5 and 2.5 is %g\n", mean);

  /* A trap ends the call, and nothing else. */
  if (counter_divide(first, 1, 0, &quotient, &remainder) == WAXWING_TRAP) {
    const char* why = counter_instance_error(first);
    printf("%.*s\n", (int)strcspn(why, "\n"), why);
  }
  printf("first's memory has %d\n", *(int32_t*)counter_instance_memory(first, &size));
  if (counter_add(second, 2000, &count) != WAXWING_OK) return 1;
  if (counter_report(second, 2) == WAXWING_TRAP) {
    const char* why = counter_instance_error(second);
    printf("%.*s\n", (int)strcspn(why, "\n"), why);
  }
  counter_instance_free(first);
  counter_instance_free(second);
  return 0;
}
