// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/library.hpp"

#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

namespace waxwing::platform {

void* load_library(const char* path, const char*& error) {
  void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  error = library == nullptr ? dlerror() : nullptr;
  return library;
}

void* find_symbol(void* library, const char* name) { return dlsym(library, name); }

bool program_folder(char* buffer, size_t size) {
  const ssize_t length = readlink("/proc/self/exe", buffer, size);
  if (length <= 0 || static_cast<size_t>(length) >= size) return false;
  buffer[length] = 0;
  char* const slash = std::strrchr(buffer, '/');
  if (slash == nullptr) return false;
  *slash = 0;
  return true;
}

} // namespace waxwing::platform
