/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   For guests of waxwing native --no-sandbox: what there is of the C library of the host. */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef long off_t;
typedef int pid_t;
typedef long ssize_t;

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

int close(int);
pid_t getpid(void);
int isatty(int);
off_t lseek(int, off_t, int);
ssize_t read(int, void *, size_t);
unsigned sleep(unsigned);
int unlink(const char *);
int usleep(unsigned);
ssize_t write(int, const void *, size_t);
#ifdef __cplusplus
}
#endif

