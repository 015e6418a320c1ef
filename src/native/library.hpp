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
  /// An import is missing or of another type.
  WAX_NATIVE_UNLINKABLE = 4,
  /// It could not be tried: no such export, other arguments, a limit, no memory.
  WAX_NATIVE_REFUSED = 5,
};

/// Types of values; of references, the hierarchy.
enum WaxNativeType : int32_t {
  WAX_NATIVE_I32 = 0,
  WAX_NATIVE_I64 = 1,
  WAX_NATIVE_F32 = 2,
  WAX_NATIVE_F64 = 3,
  WAX_NATIVE_V128 = 4,
  WAX_NATIVE_FUNCREF = 5,
  WAX_NATIVE_EXTERNREF = 6,
  WAX_NATIVE_ANYREF = 7,
  WAX_NATIVE_EXNREF = 8,
};

/// What a reference refers to.
enum WaxNativeObject : int32_t {
  WAX_NATIVE_NULL = 0,
  WAX_NATIVE_FUNCTION = 1,
  WAX_NATIVE_I31 = 2,
  WAX_NATIVE_STRUCT = 3,
  WAX_NATIVE_ARRAY = 4,
  WAX_NATIVE_EXCEPTION_OBJECT = 5,
  WAX_NATIVE_HOST = 6,
};

struct WaxNativeValue {
  int32_t type;
  /// Of a reference, in results.
  int32_t object;
  union {
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
    uint8_t v128[16];
    void* ref;
  } of;
};

/// Where several instances are (native/shared_store.hpp).
struct WaxNativeStore;

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
  /// The most bytes of garbage-collected objects, the most elements of one table, and milliseconds
  /// that one call may take; 0: as `waxwing run`.
  uint64_t gc_heap_bytes;
  uint64_t table_elements;
  uint64_t timeout_ms;
  /// Where the instance is made; null: in a store of its own. The limits are then those of it.
  WaxNativeStore* store;
  /// Where a `WaxNativeStatus` goes when there is no instance; may be null.
  int32_t* status;
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

// Exports by their names, with values of any types. Return a `WaxNativeStatus`.

/// `result_count` is how many there is room for, then how many there are.
int32_t waxwing_native_call_export(void* instance, const char* name, size_t name_size,
                                   const WaxNativeValue* arguments, size_t argument_count,
                                   WaxNativeValue* results, size_t* result_count);
int32_t waxwing_native_get_global(void* instance, const char* name, size_t name_size,
                                  WaxNativeValue* value);
int32_t waxwing_native_set_global(void* instance, const char* name, size_t name_size,
                                  const WaxNativeValue* value);

// Stores that instances have in common (native/shared_store.cc).

/// Null where there is no memory for one, with the reason in `error`, which may be null. Of the
/// configuration, the limits count.
WaxNativeStore* waxwing_native_store_new(const WaxNativeConfig* config, char* error,
                                         size_t error_size);
/// Ends its instances, too.
void waxwing_native_store_free(WaxNativeStore* store);
/// Defines all exports of an instance for modules to import from `module`. Of an instance of
/// another store: its shared memories.
int32_t waxwing_native_store_define(WaxNativeStore* store, const char* module, size_t module_size,
                                    void* instance);
/// A reference to something of the host, an externref. Null where there is no memory for it.
void* waxwing_native_store_reference(WaxNativeStore* store, void* data);
/// What it was made of; null for any other reference.
void* waxwing_native_store_data(WaxNativeStore* store, void* reference);
/// Keeps what is referred to alive until it is released as often. 0 where there is no memory.
int32_t waxwing_native_store_keep(WaxNativeStore* store, void* reference);
void waxwing_native_store_release(WaxNativeStore* store, void* reference);
}
