/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   For guests of waxwing native --no-sandbox: what there is of the C library of the host. */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

int strcasecmp(const char *, const char *);
int strncasecmp(const char *, const char *, size_t);
#ifdef __cplusplus
}
#endif

