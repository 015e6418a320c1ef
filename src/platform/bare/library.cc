// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// There are no shared modules.
#include "platform/library.hpp"

namespace waxwing::platform {

void* load_library(const char*, const char*& error) {
  error = "there are no shared modules here";
  return nullptr;
}

void unload_library(void*) {}

void* find_symbol(void*, const char*) { return nullptr; }

bool program_folder(char*, size_t) { return false; }

} // namespace waxwing::platform
