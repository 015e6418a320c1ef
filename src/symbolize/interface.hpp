// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the program and the symbolizer's loadable module know of each other: one C struct of
// function pointers. No type of the standard library and no ownership crosses; nothing is thrown
// across. Includes nothing of the house.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

/// Grows when a field is added; the other side refuses numbers that it does not know.
enum : uint32_t { WAX_SYMBOLIZE_INTERFACE_VERSION = 1 };

/// A section with DWARF, named as in a WebAssembly module (`.debug_info`).
struct WaxDebugSection {
  const char* name;
  size_t name_size;
  const uint8_t* data;
  size_t size;
};

/// A function of the source at one place. Texts last until the callback returns.
struct WaxSourceFrame {
  /// As the source names it, demangled; empty where that is unknown.
  const char* function;
  /// Relative to the folder of the compilation where it can be; empty where that is unknown.
  const char* file;
  /// Counted from 1; 0 where unknown.
  uint32_t line;
  uint32_t column;
};

struct WaxSymbolizeInterface {
  uint32_t version;
  /// Text for `--version`: the LLVM that it was built with.
  const char* producer;
  /// Where `count` instructions stand in the source: `addresses` count from the first byte of the
  /// code section's content. For each that is known, `frame` is called with its index and the
  /// functions that were inlined into each other there, innermost first. False where the debug
  /// information cannot be read; what was called before that stays true. Thread-safe. Whatever the
  /// sections hold, it ends within seconds.
  bool (*find)(const WaxDebugSection* sections, size_t section_count, const uint64_t* addresses,
               size_t count,
               void (*frame)(void* context, size_t index, const WaxSourceFrame* frame),
               void* context);
};

/// The loadable module's one symbol.
using WaxSymbolizeEntry = const WaxSymbolizeInterface* (*)();
}

namespace waxwing {
inline constexpr const char* kSymbolizeEntry = "waxwing_symbolize_interface";
} // namespace waxwing
