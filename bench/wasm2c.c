// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a program of the corpus needs around the C that wasm2c makes of it (module name `guest`,
// naming of wabt 1.0.32): the calls of WASI by which it has its arguments and prints, and main.
// GUEST is the header that wasm2c writes.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "wasm-rt-impl.h"
#include GUEST

enum { kSuccess = 0, kBadDescriptor = 8, kInvalid = 28, kIo = 29, kNotSeekable = 70 };

struct Z_wasi_snapshot_preview1_instance_t {
  wasm_rt_memory_t* memory;
  int argc;
  char** argv;
};
typedef struct Z_wasi_snapshot_preview1_instance_t Wasi;

/// `count` bytes of the guest at `at`; nothing where they are out of bounds.
static uint8_t* bytes(const Wasi* wasi, u32 at, u64 count) {
  return at + count <= wasi->memory->size ? wasi->memory->data + at : NULL;
}
static u32 put(const Wasi* wasi, u32 at, u32 value) {
  uint8_t* const p = bytes(wasi, at, sizeof value);
  if (p == NULL) return kInvalid;
  memcpy(p, &value, sizeof value);
  return kSuccess;
}

u32 Z_wasi_snapshot_preview1Z_args_sizes_get(Wasi* wasi, u32 count, u32 size) {
  u32 total = 0;
  for (int i = 0; i < wasi->argc; ++i) total += (u32)strlen(wasi->argv[i]) + 1;
  const u32 error = put(wasi, count, (u32)wasi->argc);
  return error != kSuccess ? error : put(wasi, size, total);
}
u32 Z_wasi_snapshot_preview1Z_args_get(Wasi* wasi, u32 list, u32 text) {
  for (int i = 0; i < wasi->argc; ++i) {
    const u32 length = (u32)strlen(wasi->argv[i]) + 1;
    uint8_t* const p = bytes(wasi, text, length);
    if (p == NULL || put(wasi, list + 4 * (u32)i, text) != kSuccess) return kInvalid;
    memcpy(p, wasi->argv[i], length);
    text += length;
  }
  return kSuccess;
}
/// A device for characters that may be written: the C library then does not seek.
u32 Z_wasi_snapshot_preview1Z_fd_fdstat_get(Wasi* wasi, u32 fd, u32 at) {
  uint8_t* const p = bytes(wasi, at, 24);
  if (fd > 2) return kBadDescriptor;
  if (p == NULL) return kInvalid;
  memset(p, 0, 24);
  p[0] = 2;
  p[8] = 1 << 6;
  return kSuccess;
}
u32 Z_wasi_snapshot_preview1Z_fd_write(Wasi* wasi, u32 fd, u32 list, u32 count, u32 written) {
  if (fd != 1 && fd != 2) return kBadDescriptor;
  const uint8_t* const vectors = bytes(wasi, list, (u64)count * 8);
  if (vectors == NULL) return kInvalid;
  u32 total = 0;
  for (u32 i = 0; i < count; ++i) {
    u32 at, size;
    memcpy(&at, vectors + 8 * i, 4);
    memcpy(&size, vectors + 8 * i + 4, 4);
    const uint8_t* const p = bytes(wasi, at, size);
    if (p == NULL) return kInvalid;
    for (u32 done = 0; done < size;) {
      const ssize_t n = write((int)fd, p + done, size - done);
      if (n <= 0) return kIo;
      done += (u32)n;
    }
    total += size;
  }
  return put(wasi, written, total);
}
u32 Z_wasi_snapshot_preview1Z_fd_close(Wasi* wasi, u32 fd) {
  (void)wasi;
  return fd <= 2 ? kSuccess : kBadDescriptor;
}
u32 Z_wasi_snapshot_preview1Z_fd_seek(Wasi* wasi, u32 fd, u64 offset, u32 whence, u32 at) {
  (void)wasi, (void)offset, (void)whence, (void)at;
  return fd <= 2 ? kNotSeekable : kBadDescriptor;
}
void Z_wasi_snapshot_preview1Z_proc_exit(Wasi* wasi, u32 code) {
  (void)wasi;
  exit((int)code);
}

int main(int argc, char** argv) {
  static Z_guest_instance_t guest;
  static Wasi wasi;
  wasm_rt_init();
  const int trap = wasm_rt_impl_try();
  if (trap != 0) {
    fprintf(stderr, "trap: %s\n", wasm_rt_strerror((wasm_rt_trap_t)trap));
    return 134;
  }
  Z_guest_init_module();
  Z_guest_instantiate(&guest, &wasi);
  wasi = (Wasi){Z_guestZ_memory(&guest), argc, argv};
  Z_guestZ__start(&guest);
  return 0;
}
