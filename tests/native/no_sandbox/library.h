// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the guest exports and what it wants, for both.
#pragma once

#include <stddef.h>

typedef int (*comparison)(const void*, const void*);

long guest_sum(const long* numbers, size_t count);
void guest_map(double* numbers, size_t count, double (*by)(double));
char* guest_copy(const char* text);
comparison guest_order(void);
int guest_calls(void);
void guest_log(const char* text);

void host_log(const char* text, int number);
