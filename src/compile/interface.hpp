// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the program and the compiler's loadable module know of each other: one C struct of function
// pointers. No type of the standard library and no ownership crosses; nothing is thrown across.
// Includes nothing of the house.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

/// Grows when a field is added; the other side refuses numbers that it does not know.
enum : uint32_t { WAX_COMPILE_INTERFACE_VERSION = 4 };

/// What is written.
enum WaxEmit : uint32_t {
  WAX_EMIT_IMAGE = 0,
  /// A relocatable ELF object.
  WAX_EMIT_OBJECT = 1,
  /// LLVM IR as text, before optimisation with `optimization` 0, else behind it.
  WAX_EMIT_IR = 2,
  WAX_EMIT_ASSEMBLY = 3,
  /// A relocatable ELF object in which addresses of the module are the machine's
  /// (docs/native.md, "Without a sandbox"), with `direct`.
  WAX_EMIT_DIRECT = 4,
};

enum WaxBoundsChecks : uint32_t { WAX_BOUNDS_AUTO = 0, WAX_BOUNDS_EXPLICIT = 1 };
enum WaxTraps : uint32_t { WAX_TRAPS_AUTO = 0, WAX_TRAPS_CALL = 1 };
enum WaxStackChecks : uint32_t { WAX_STACK_AUTO = 0, WAX_STACK_EXPLICIT = 1 };
enum WaxInterrupt : uint32_t { WAX_INTERRUPT_AUTO = 0, WAX_INTERRUPT_POLL = 1 };

/// How stack traces come about (docs/stack-traces.md).
enum WaxTrace : uint32_t {
  /// By tables beside the code.
  WAX_TRACE_TABLE = 0,
  /// By frames that functions push, with the fields of `frame_fields`.
  WAX_TRACE_FRAMES = 1,
  /// Not at all.
  WAX_TRACE_NONE = 2,
  /// The target's.
  WAX_TRACE_AUTO = 3,
};
/// What frames tell.
enum WaxFrameField : uint32_t {
  WAX_FRAME_FUNC_IDX = 1 << 0,
  WAX_FRAME_IP = 1 << 1,
  WAX_FRAME_TRAP_IP = 1 << 2,
  WAX_FRAME_SP = 1 << 3,
  WAX_FRAME_LOCALS = 1 << 4,
  WAX_FRAME_PARAMS = 1 << 5,
  WAX_FRAME_BOUNDS_CHECKS = 1 << 6,
};

/// A string that need not end in a zero; `data` may be null where `size` is 0.
struct WaxText {
  const char* data;
  size_t size;
};

/// Where the operator at `offset` of the module stands in its source; what follows, up to the next
/// one of these, stands there too.
struct WaxSourceLine {
  uint32_t offset;
  /// Counted from 1.
  uint32_t line;
  uint32_t column;
};

/// What `WAX_EMIT_DIRECT` has to know.
struct WaxDirectInput {
  /// 1: for an executable; 0: for C, with its exports.
  uint32_t is_program;
  /// In front of the names of exports, with an underscore; empty: they are as they are.
  WaxText prefix;
  /// Bytes of each thread for what functions allocate at run time.
  uint64_t stack_bytes;
  /// Paths of objects, archives and shared libraries that define what the module imports, for an
  /// executable all of it.
  const WaxText* inputs;
  size_t input_count;
  /// Those of the C library, of which only what is known to be called alike may be bound.
  const WaxText* c_libraries;
  size_t c_library_count;
};

struct WaxCompileOptions {
  /// A binary module that has been decoded and validated with `wasm_features`.
  const uint8_t* module;
  size_t module_size;
  uint64_t wasm_features;
  /// A name of image/target.def; empty for this machine.
  WaxText target;
  /// LLVM's name of a processor, "generic" for the least of the target, "native" for this
  /// machine's; empty: "native" if `target` is empty, else "generic".
  WaxText cpu;
  /// LLVM's feature words, "+avx2,-bmi", on top of the processor's.
  WaxText cpu_features;
  /// 0 to 3.
  uint32_t optimization;
  /// 0 for speed, 1 for size (-Os).
  uint32_t optimize_size;
  uint32_t emit;
  uint32_t bounds_checks;
  uint32_t traps;
  uint32_t stack_checks;
  uint32_t interrupt;
  uint32_t trace;
  /// `WaxFrameField` bits, for WAX_TRACE_FRAMES.
  uint32_t frame_fields;
  /// 1: tables and names go into `WaxCompileResult::trace` and not into the image.
  uint32_t split_trace;
  /// The name of the file, without folders, that they will lie in beside the image.
  WaxText trace_file;
  /// 1: count fuel.
  uint32_t metering;
  /// 1: canonical NaNs and fixed relaxed operators.
  uint32_t deterministic;
  /// 1: keep the whole module in the image.
  uint32_t embed_module;
  /// 1: keep no custom section of it but the one with names.
  uint32_t names_only;
  /// 1: check the offsets of sites against ids that instructions carry; what was found goes to
  /// `WaxCompileResult::error`.
  uint32_t check_sites;
  /// 1: a checksum in the header.
  uint32_t checksum;
  /// 1: debug information (DWARF) of the machine code, with the lines of `source_lines`, else those
  /// of the module's own DWARF; where there are neither, a line is the offset of an operator.
  uint32_t debug_info;
  /// What debug information calls the module, or the text that `source_lines` are of.
  WaxText name;
  /// By offset.
  const WaxSourceLine* source_lines;
  size_t source_line_count;
  /// Threads to use; 0: one a core. The output does not depend on it.
  uint32_t threads;
  /// For `WAX_EMIT_DIRECT`, else null.
  const WaxDirectInput* direct;
  /// Called now and then, from one thread at a time, with functions compiled, functions in all, and
  /// bytes of code so far. Returning non-zero gives up. May be null.
  int (*progress)(void* context, uint32_t done, uint32_t total, uint64_t code_bytes);
  void* progress_context;
};

/// What came of it. `bytes` and `error` are the module's memory, given back by `release`.
struct WaxCompileResult {
  /// Null where it failed.
  const uint8_t* bytes;
  size_t size;
  /// With `split_trace`, what was taken out of the image; else null.
  const uint8_t* trace;
  size_t trace_size;
  /// One or more lines without a final newline; empty where it did not fail. Warnings end up here
  /// too, with `bytes` set.
  const char* error;
  /// The function that the error is about, or 0xFFFFFFFF.
  uint32_t function;
  /// The module's own.
  void* owner;
};

struct WaxCompileInterface {
  uint32_t version;
  /// Text for `--version`: the LLVM that it was built with.
  const char* producer;
  /// Compiles. Thread-safe. An error inside LLVM is reported like any other.
  void (*compile)(const WaxCompileOptions* options, WaxCompileResult* result);
  void (*release)(WaxCompileResult* result);
  /// Lists processors or features of `target` (empty: this machine), one a line, with their
  /// descriptions; `what` is "cpu" or "features". The result is released like that of `compile`.
  void (*list)(const WaxText* target, const char* what, WaxCompileResult* result);
};

/// The loadable module's one symbol.
using WaxCompileEntry = const WaxCompileInterface* (*)();
}

namespace waxwing {
inline constexpr const char* kCompileEntry = "waxwing_compile_interface";
} // namespace waxwing
