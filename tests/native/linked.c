// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two modules that import from each other's instances, in one store: what run.py builds of
// provider.wat and user.wat, as shared libraries over one runtime and as static libraries.
#include "provider.h"
#include "user.h"

#include <stdio.h>
#include <string.h>

static int failures;
#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      ++failures;                                                                                  \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                               \
    }                                                                                              \
  } while (0)

static struct waxwing_value number(int32_t i32) {
  struct waxwing_value value = {0};
  value.type = WAXWING_I32;
  value.of.i32 = i32;
  return value;
}

static int32_t call(user_instance* instance, const char* name, struct waxwing_value* value,
                    size_t arguments, struct waxwing_value* result) {
  size_t room = 1;
  return user_instance_call(instance, name, strlen(name), value, arguments, result, &room);
}

static void link_and_run(void) {
  char error[256] = "";
  int32_t status = WAXWING_OK;
  const struct waxwing_config limits = {.timeout_ms = 60000, .gc_heap_bytes = 1 << 20};
  waxwing_store* store = waxwing_native_store_new(&limits, error, sizeof error);
  EXPECT(store != NULL);
  const struct waxwing_config config = {.store = store, .status = &status, .timeout_ms = 60000};

  // Nothing is there to import yet.
  EXPECT(user_instance_new(&config, error, sizeof error) == NULL && status == WAXWING_UNLINKABLE);
  EXPECT(strstr(error, "import provider.table: unknown import") != NULL);

  provider_instance* provider = provider_instance_new(&config, error, sizeof error);
  EXPECT(provider != NULL);
  EXPECT(waxwing_native_store_define(store, "provider", 8, provider) == WAXWING_OK);
  user_instance* user = user_instance_new(&config, error, sizeof error);
  EXPECT(user != NULL);
  if (user == NULL) return;

  // A memory, a global and a table in common.
  int32_t result = 0;
  struct waxwing_value value = number(7), out = {0};
  EXPECT(user_poke(user, 16, 42) == WAXWING_OK);
  EXPECT(provider_instance_memory(provider, NULL)[16] == 42);
  EXPECT(provider_instance_set_global(provider, "count", 5, &value) == WAXWING_OK);
  EXPECT(user_count(user, &result) == WAXWING_OK && result == 7);
  EXPECT(user_through_table(user, 20, &result) == WAXWING_OK && result == 40);

  // The provider's exception is the user's.
  EXPECT(user_caught(user, 9, &result) == WAXWING_OK && result == 9);
  EXPECT(user_uncaught(user, 9) == WAXWING_EXCEPTION);
  EXPECT(strstr(user_instance_error(user), "oops") != NULL);

  // A struct of one is one of the other, as their types are the same; and objects of the program.
  EXPECT(call(user, "make", &value, 1, &out) == WAXWING_OK);
  EXPECT(out.type == WAXWING_ANYREF && out.object == WAXWING_STRUCT);
  EXPECT(waxwing_native_store_keep(store, out.of.ref) == 1);
  size_t room = 1;
  for (int i = 0; i < 20000; ++i) {
    struct waxwing_value dropped;
    if (call(user, "make", &value, 1, &dropped) != WAXWING_OK) ++failures;
  }
  EXPECT(provider_instance_call(provider, "field", 5, &out, 1, &value, &room) == WAXWING_OK);
  EXPECT(value.of.i32 == 7);
  waxwing_native_store_release(store, out.of.ref);
  struct waxwing_value own = {0};
  own.type = WAXWING_EXTERNREF;
  own.of.ref = waxwing_native_store_reference(store, &failures);
  EXPECT(call(user, "same", &own, 1, &out) == WAXWING_OK && out.object == WAXWING_HOST);
  EXPECT(waxwing_native_store_data(store, out.of.ref) == &failures);

  // What cannot be.
  EXPECT(call(user, "nothing", NULL, 0, &out) == WAXWING_REFUSED);
  EXPECT(call(user, "same", NULL, 0, &out) == WAXWING_REFUSED);
  value = number(1);
  EXPECT(call(user, "same", &value, 1, &out) == WAXWING_REFUSED);
  EXPECT(provider_instance_set_global(provider, "fixed", 5, &value) == WAXWING_REFUSED);
  EXPECT(strstr(provider_instance_error(provider), "constant") != NULL);

  user_instance_free(user);
  EXPECT(provider_twice(provider, 4, &result) == WAXWING_OK && result == 8);
  waxwing_native_store_free(store);
}

static void run_out_of_time(void) {
  const struct waxwing_config config = {.timeout_ms = 20};
  provider_instance* provider = provider_instance_new(&config, NULL, 0);
  EXPECT(provider != NULL && provider_endless(provider) == WAXWING_TRAP);
  EXPECT(strstr(provider_instance_error(provider), "time limit exceeded") != NULL);
  // The next has all its time again.
  int32_t result = 0;
  EXPECT(provider_twice(provider, 4, &result) == WAXWING_OK && result == 8);
  provider_instance_free(provider);
}

int main(void) {
  for (int i = 0; i < 3; ++i) link_and_run();
  run_out_of_time();
  printf("%d failures\n", failures);
  return failures != 0;
}
