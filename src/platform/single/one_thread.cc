// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For native programs of one thread. Their objects define two functions of the C library that such
// a program never needs (compile/native_object.cc), of which one brings along much of what scans
// text, and the other what looks up names of hosts: an eighth of a small static program. They are
// in the objects, since here they would take the place of those of programs that have threads.
#include <pthread.h>
#include <sys/auxv.h>

#include <cerrno>
#include <cstdint>

/// What is `pthread_getattr_np` there. Asked for the first thread where its stack has no limit: the
/// system keeps this much free for it.
extern "C" int waxwing_native_first_stack(pthread_t, pthread_attr_t* attributes);
int waxwing_native_first_stack(pthread_t, pthread_attr_t* attributes) {
  constexpr uintptr_t kFree = uintptr_t{128} << 20;
  const auto end = static_cast<uintptr_t>(getauxval(AT_EXECFN)) & ~uintptr_t{4095};
  if (end < kFree || pthread_attr_init(attributes) != 0) return ENOTSUP;
  return pthread_attr_setstack(attributes, reinterpret_cast<void*>(end - kFree), kFree);
}
