// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the compiler puts beside an image into an object file, and the runtime of native programs
// finds there. C structs, since compiler and runtime may be of different machines. Includes nothing
// of the house.
#pragma once

#include <cstdint>

extern "C" {

/// A function that the embedder supplies under a name of C.
struct WaxEmbeddedImport {
  /// As the module imports it.
  const char* module;
  const char* name;
  /// Takes the arguments from cells and puts the results there (docs/abi.md, section 2).
  void (*call)(void* instance, void* cells);
};

/// What stands in the source from `offset` in the module on, up to the next. Several with one
/// offset are functions that were inlined into each other there, innermost first.
struct WaxEmbeddedLine {
  uint32_t offset;
  /// Offsets of texts that end with a NUL: a function's name, and FILE:LINE:COLUMN. 0: not known.
  uint32_t function;
  uint32_t place;
};

/// Lines in the order of their offsets, and their texts.
struct WaxEmbeddedLines {
  const WaxEmbeddedLine* rows;
  uint64_t count;
  const char* texts;
};

enum WaxEmbeddedFlag : uint64_t {
  /// Options of the runtime may stand in front of the program's arguments.
  WAX_EMBEDDED_RUNTIME_OPTIONS = 1,
};

/// A module in machine code with what its program is given.
struct WaxEmbedded {
  /// The image up to its code, which lies elsewhere.
  const uint8_t* image;
  uint64_t image_size;
  /// What the offsets of code in the image count from.
  const uint8_t* code;
  /// For messages, and the program's name for itself where it is a library.
  const char* name;
  /// Words as on a command line that hold for each run, ended by null.
  const char* const* options;
  const WaxEmbeddedImport* imports;
  uint64_t import_count;
  uint64_t flags;
  /// Parts of the runtime that not every module needs, by their symbols: the functions of WASI that
  /// it imports, ended by null; threads; calling functions by their names. Null: left out.
  const void* const* wasi;
  const void* threads;
  const void* invoke;
  /// Null where traces shall not have them.
  const WaxEmbeddedLines* lines;
  /// The runtime's own, null at the start.
  void* state;
};

/// The module of an executable.
extern WaxEmbedded waxwing_program;
}
