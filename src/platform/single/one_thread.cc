// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For native programs of one thread, whose objects name this, and nothing else does: it is in no
// other archive, where it would take the place of what it stands for. It stands for
// functions of the C library that such a program never needs, of which one brings along much of what
// scans text, and the other what looks up names of hosts: an eighth of a small static program.
#include <pthread.h>
#include <sys/auxv.h>

#include <cerrno>
#include <cstdint>

extern "C" {

extern const char waxwing_native_one_thread;
const char waxwing_native_one_thread = 0;

/// Asked for the first thread where its stack has no limit: the system keeps this much free for it.
int pthread_getattr_np(pthread_t, pthread_attr_t* attributes) {
  constexpr uintptr_t kFree = uintptr_t{128} << 20;
  const auto end = static_cast<uintptr_t>(getauxval(AT_EXECFN)) & ~uintptr_t{4095};
  if (end < kFree || pthread_attr_init(attributes) != 0) return ENOTSUP;
  return pthread_attr_setstack(attributes, reinterpret_cast<void*>(end - kFree), kFree);
}

int pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) { return EAGAIN; }
}
