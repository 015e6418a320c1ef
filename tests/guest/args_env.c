// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments, environment, exit code, and functions that run at exit.
// ARGS: one "two words" '' --flag=ünï -- --dir
// ENV: GREETING=hello EMPTY= 'SPACED=a b  c' 'QUOTED=say "hi"'
// EXIT: 42
// STDERR: ^to standard error$
#include <stdio.h>
#include <stdlib.h>

static void first(void) { puts("registered first, runs last"); }
static void second(void) { puts("registered second, runs first"); }

int main(int argc, char** argv) {
  printf("%d arguments\n", argc - 1);
  for (int i = 1; i < argc; i++) printf("%d [%s]\n", i, argv[i]);
  printf("end of argv: %d\n", argv[argc] == NULL);
  const char* names[] = {"GREETING", "EMPTY", "SPACED", "QUOTED", "PATH", "HOME"};
  for (int i = 0; i < 6; i++) {
    const char* value = getenv(names[i]);
    printf("%s=%s\n", names[i], value != NULL ? value : "(unset)");
  }
  setenv("GREETING", "changed", 1);
  printf("%s\n", getenv("GREETING"));
  fprintf(stderr, "to standard error\n");
  atexit(first);
  atexit(second);
  exit(42);
}
