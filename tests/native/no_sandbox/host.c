// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host.h"

#include <math.h>
#include <string.h>

int host_calls;

static double distance(const struct point* p) { return sqrt(p->x * p->x + p->y * p->y); }

int host_fill(struct point* to, int id, const char* name) {
  ++host_calls;
  to->id = id;
  to->x = 3 * id;
  to->y = 4 * id;
  to->name = name;
  to->measure = distance;
  return id * 2;
}

int host_words(const char* text, visitor visit, void* context) {
  int visited = 0;
  ++host_calls;
  while (*text != 0) {
    const size_t length = strcspn(text, " ");
    if (length != 0 && visit(context, text, length) != 0) return visited;
    visited += length != 0;
    text += length + (text[length] != 0);
  }
  return visited;
}

static int add(int a, int b) { return a + b; }
static int multiply(int a, int b) { return a * b; }
int (*host_operation(char which))(int, int) { return which == '*' ? multiply : add; }

float host_mix(float a, double b, long long c, int d, const char* e, short f, unsigned g, int h) {
  return (float)(a + b + (double)c + d + (double)strlen(e) + f + g + h);
}
