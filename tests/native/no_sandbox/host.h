// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A library of the host, as both sides see it.
#pragma once

#include <stddef.h>

struct point {
  int id;
  double x, y;
  const char* name;
  double (*measure)(const struct point*);
};

typedef int (*visitor)(void* context, const char* word, size_t length);

extern int host_calls;

/// Fills a structure of the guest's, with a function of the host's in it.
int host_fill(struct point* to, int id, const char* name);
/// Calls the guest for each word of a text.
int host_words(const char* text, visitor visit, void* context);
/// The host's own choice of a function.
int (*host_operation(char which))(int, int);
float host_mix(float a, double b, long long c, int d, const char* e, short f, unsigned g, int h);
