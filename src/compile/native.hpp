// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the program and the compiler's loadable module know of each other for native programs, apart
// from images: by the rules of compile/interface.hpp.
#pragma once

#include "compile/interface.hpp"

extern "C" {

/// Grows when a field is added; the other side refuses numbers that it does not know.
enum : uint32_t { WAX_NATIVE_INTERFACE_VERSION = 2 };

/// What a native program or library is made of besides the runtime.
struct WaxNativeInput {
  /// As in `WaxCompileOptions`.
  const uint8_t* module;
  size_t module_size;
  uint64_t wasm_features;
  WaxText target;
  /// What `compile` has made of the module for the same target.
  const uint8_t* image;
  size_t image_size;
  /// The module's, for messages.
  WaxText name;
  /// In front of the names of C functions, an identifier of C. Empty: an executable, which has
  /// none.
  WaxText prefix;
  /// Words that hold for each run, as on a command line.
  const WaxText* options;
  size_t option_count;
  /// 1: an executable's user may give options of the runtime.
  uint32_t runtime_options;
  /// Modules whose names are imported from other instances; `*`: all that are not WASI's.
  const WaxText* instances;
  size_t instance_count;
  /// Rows of `WaxEmbeddedLine`, little-endian, and their texts; may be empty.
  WaxText line_rows;
  WaxText line_texts;
};

/// Results are released like those of `WaxCompileInterface`.
struct WaxNativeInterface {
  uint32_t version;
  /// Makes an ELF object of an image, for the runtime of native programs (native/embedded.hpp),
  /// with a C function for each exported function where there is a prefix.
  void (*native_object)(const WaxNativeInput* input, WaxCompileResult* result);
  /// The C header for those functions; the image is not looked at.
  void (*native_header)(const WaxNativeInput* input, WaxCompileResult* result);
  /// The C header for what `WAX_EMIT_DIRECT` exports. Of the input, module and names count.
  void (*direct_header)(const WaxNativeInput* input, WaxCompileResult* result);
  /// Links with lld: `words` are those of its command line behind its name, the output's among
  /// them. The result has one byte where it went well.
  void (*link)(const WaxText* words, size_t count, WaxCompileResult* result);
  /// An archive of the objects in archive `base` and of `object`, named `member`.
  void (*archive)(const WaxText* base, const WaxText* member, const WaxText* object,
                  WaxCompileResult* result);
};

/// The loadable module's symbol for it.
using WaxNativeEntry = const WaxNativeInterface* (*)();
}

namespace waxwing {
inline constexpr const char* kNativeEntry = "waxwing_native_interface";
} // namespace waxwing
