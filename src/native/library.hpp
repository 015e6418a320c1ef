// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the C functions of a native library call: the compiler makes those from the module's types,
// and the header in which they are declared. The structs are those of that header.
#pragma once

#include <cstddef>
#include <cstdint>

#include "native/embedded.hpp"

extern "C" {

enum WaxNativeStatus : int32_t {
  WAX_NATIVE_OK = 0,
  WAX_NATIVE_TRAP = 1,
  WAX_NATIVE_EXCEPTION = 2,
  WAX_NATIVE_EXIT = 3,
};

struct WaxNativeDirectory {
  const char* host;
  /// Null: as `host`.
  const char* guest;
  int32_t read_only;
};

/// All of it may be zero.
struct WaxNativeConfig {
  /// Ended by null, the program's name first.
  const char* const* arguments;
  /// `NAME=VALUE`, ended by null.
  const char* const* environment;
  /// Ended by one without `host`.
  const WaxNativeDirectory* directories;
  /// The most bytes of one memory, and those for calls; 0: as `waxwing run`.
  uint64_t memory_bytes;
  uint64_t stack_bytes;
  void* user;
};

/// Null where it failed; why is in `error` then, which may be null.
void* waxwing_native_new(WaxEmbedded* embedded, const WaxNativeConfig* config, char* error,
                         size_t error_size);
void waxwing_native_free(void* instance);
/// Calls a function of the module by its index. Returns a `WaxNativeStatus`.
int32_t waxwing_native_call(void* instance, uint32_t function, void* cells);
/// Why the last call that failed has failed.
const char* waxwing_native_error(void* instance);
uint8_t* waxwing_native_memory(void* instance, uint32_t memory, size_t* size);
void waxwing_native_trap(void* instance, const char* message);
void* waxwing_native_user(void* instance);
}
