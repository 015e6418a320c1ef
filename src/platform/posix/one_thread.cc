// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For native programs of one thread: linked with --wrap=pthread_getattr_np and --wrap=pthread_create,
// they do without these functions of the C library, of which the one brings along much of what scans
// text, and the other what looks up names of hosts. Nothing else refers to this.
#include <pthread.h>
#include <sys/auxv.h>

#include <cerrno>
#include <cstdint>

extern "C" {

/// Asked for the first thread where its stack has no limit: the system keeps this much free for it.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c): the linker's name
int __wrap_pthread_getattr_np(pthread_t, pthread_attr_t* attributes);
int __wrap_pthread_getattr_np(pthread_t, pthread_attr_t* attributes) {
  constexpr uintptr_t kFree = uintptr_t{128} << 20;
  const auto end = static_cast<uintptr_t>(getauxval(AT_EXECFN)) & ~uintptr_t{4095};
  if (end < kFree || pthread_attr_init(attributes) != 0) return ENOTSUP;
  return pthread_attr_setstack(attributes, reinterpret_cast<void*>(end - kFree), kFree);
}

// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c): the linker's name
int __wrap_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
int __wrap_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) {
  return EAGAIN;
}
}
