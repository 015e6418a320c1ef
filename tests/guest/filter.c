// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A filter: reads standard input by lines, to its end.
// STDIN: first line\nsecond, with UTF-8: \xc3\xa4\n\nno newline at the end
#include <ctype.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  char line[256];
  int number = 0;
  while (fgets(line, sizeof line, stdin) != NULL) {
    size_t length = strlen(line);
    if (length > 0 && line[length - 1] == '\n') line[--length] = '\0';
    for (size_t i = 0; i < length; i++) {
      if ((unsigned char)line[i] < 128) line[i] = (char)toupper((unsigned char)line[i]);
    }
    printf("%3d %3zu %s\n", ++number, length, line);
  }
  printf("end %d, error %d\n", feof(stdin) != 0, ferror(stdin) != 0);
  return 0;
}
