// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>

namespace waxwing::platform {

/// Loads a shared module, which stays loaded until it is unloaded as often. Null where it can't be;
/// `error` is then a text that lasts until the next call on this thread.
[[nodiscard]] void* load_library(const char* path, const char*& error);
void unload_library(void* library);
/// An address in a loaded module, or null.
[[nodiscard]] void* find_symbol(void* library, const char* name);
/// The folder of the running program, without a slash at its end, into `buffer`. False where it is
/// not known or does not fit.
[[nodiscard]] bool program_folder(char* buffer, size_t size);
/// The same of the program or shared library that the code or data at `address` is in.
[[nodiscard]] bool code_folder(const void* address, char* buffer, size_t size);

} // namespace waxwing::platform
