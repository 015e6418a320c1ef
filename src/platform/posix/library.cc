// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/library.hpp"

#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

namespace waxwing::platform {

namespace {

/// Cuts a file's name off its path.
bool keep_folder(char* path) {
  char* const slash = std::strrchr(path, '/');
  if (slash == nullptr) return false;
  *slash = 0;
  return true;
}

} // namespace

void* load_library(const char* path, const char*& error) {
  void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  error = library == nullptr ? dlerror() : nullptr;
  return library;
}

void unload_library(void* library) { (void)dlclose(library); }

void* find_symbol(void* library, const char* name) { return dlsym(library, name); }

bool program_folder(char* buffer, size_t size) {
  const ssize_t length = readlink("/proc/self/exe", buffer, size);
  if (length <= 0 || static_cast<size_t>(length) >= size) return false;
  buffer[length] = 0;
  return keep_folder(buffer);
}

bool code_folder(const void* address, char* buffer, size_t size) {
  Dl_info info{};
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return false;
  const size_t length = std::strlen(info.dli_fname);
  if (length >= size) return false;
  std::memcpy(buffer, info.dli_fname, length + 1);
  return keep_folder(buffer);
}

} // namespace waxwing::platform
