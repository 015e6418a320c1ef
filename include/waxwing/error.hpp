// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waxwing/export.hpp"

/// The inline namespace is the version of the library's binary interface: it is part of every
/// symbol, so that two versions can be in one process.
namespace waxwing::inline v0 {

/// What kind of thing went wrong.
enum class ErrorKind : uint8_t {
  /// The bytes are no module.
  malformed,
  /// They are a component (WASI 0.2), which is another format.
  component,
  /// A compiled image that cannot be used: it is damaged, or for another machine, version or
  /// engine.
  image,
  /// The text is not in the text format.
  text,
  /// The module breaks a rule of validation.
  invalid,
  /// It uses a feature that the engine does not allow (`Error::feature`).
  feature_disabled,
  /// Nothing was defined for an import (`Error::import`).
  unknown_import,
  /// What was defined has another type.
  incompatible_import,
  /// A limit of `Limits` or of the implementation does not allow it (`Error::limit`).
  limit,
  out_of_memory,
  /// A file, directory or stream of the host.
  io,
  /// The host asked for something that cannot be: an export that does not exist, an argument of
  /// another type, an element out of bounds.
  usage,
  /// A module cannot be compiled, or there is no compiler (`waxwing/compile.hpp`).
  compilation,
  /// The guest trapped, was stopped, or ended itself (`Error::trap`).
  trap,
  /// The guest threw an exception that nobody caught (`Error::exception`).
  exception,
};

/// Which limit does not allow something.
enum class LimitKind : uint8_t {
  /// `Limits::memory_bytes`, or what a memory can have.
  memory,
  /// `Limits::table_elements`, or what a table can have.
  table,
  /// `Limits::stack_bytes`: so much cannot be had.
  stack,
  /// Addresses for the guard pages that compiled code relies on.
  addresses,
  /// `Limits::gc_heap_bytes`.
  gc_heap,
  /// The system starts no thread.
  threads,
  /// Any other: `Limits::instances`, or one of the implementation.
  other,
};

/// Why a guest was stopped. Names are those of the specification; from `interrupted` on they are
/// the embedder's.
enum class TrapKind : uint8_t {
  unreachable,
  integer_divide_by_zero,
  integer_overflow,
  invalid_conversion_to_integer,
  out_of_bounds_memory_access,
  out_of_bounds_table_access,
  out_of_bounds_array_access,
  undefined_element,
  uninitialized_element,
  indirect_call_type_mismatch,
  null_reference,
  cast_failure,
  unaligned_atomic,
  expected_shared_memory,
  call_stack_exhausted,
  out_of_memory,
  /// The objects of the guest are more than `Limits::gc_heap_bytes` allows.
  gc_heap_exhausted,
  /// `Interrupter::interrupt`.
  interrupted,
  /// The time of `Limits::timeout` or `Store::set_timeout` is over.
  timeout,
  out_of_fuel,
  /// A host function failed with an error of its own.
  host,
  /// The guest ended itself (WASI `proc_exit`); `Trap::exit_code` says how.
  exit,
  /// The body of a function, checked at its first call, is not valid.
  invalid_function,
  /// Nobody caught an exception: where it was thrown. Only with `ErrorKind::exception`.
  uncaught_exception,
  /// What this version has no name for; `Trap::message` says it.
  other,
};

/// The name of a kind as it is written above, `out_of_bounds_memory_access`; for machines.
[[nodiscard]] WAXWING_API std::string_view name_of(TrapKind kind);
[[nodiscard]] WAXWING_API std::string_view name_of(ErrorKind kind);

/// A place in a source text, counted from 1.
struct Position {
  uint32_t line = 0;
  uint32_t column = 0;
};

/// A function of the source, and where in it an instruction stands.
struct SourceLine {
  /// Empty where only the place is known.
  std::string function;
  /// As `FILE:LINE:COLUMN`; empty where that is unknown.
  std::string place;
};
/// For each of some instructions the functions that were inlined into each other there, innermost
/// first; none where that is unknown.
using SourceLines = std::vector<std::vector<SourceLine>>;

/// One frame of a stack trace.
struct Frame {
  /// `ModuleOptions::name` of the module; empty for a function of the host.
  std::string module;
  /// From the name section, an export or an import; empty where there is none.
  std::string function;
  /// Index of the function in its module.
  uint32_t index = 0;
  /// Offset in the module's bytes of the instruction that trapped or calls.
  uint32_t offset = 0;
  /// False where the offset is only near.
  bool exact = true;
  bool is_host = false;
  /// The place in the source, for a module that was made from text.
  std::optional<Position> position;
  /// What `ModuleOptions::find_lines` knows of it.
  std::vector<SourceLine> source;
};

/// The access that a trap is about.
struct Access {
  /// In bytes, or in elements of a table.
  uint64_t address = 0;
  uint64_t length = 0;
  /// Index of the memory or table, and how many bytes or elements it has.
  uint32_t index = 0;
  uint64_t bound = 0;
};

/// Why and where a guest was stopped, as data.
struct Trap {
  TrapKind kind = TrapKind::other;
  /// One line, in the words of the specification and with what is known of this case.
  std::string message;
  /// The words of the specification alone; the same for every trap of its kind, but that a
  /// `null_reference` says a null of what.
  std::string_view reason;
  /// For `TrapKind::exit`: what the guest ended with.
  uint32_t exit_code = 0;
  std::optional<Access> access;
  /// Innermost first. Of a trace with more than 128 frames, the first and the last 64.
  std::vector<Frame> frames;
  /// How many frames there were.
  uint64_t frame_count = 0;
  /// The trace for people, a line a frame; empty where there are no frames.
  std::string trace;
};

/// What went wrong. A plain value; but for `exception`, nothing in it depends on the object that
/// reported it.
struct Error {
  ErrorKind kind = ErrorKind::usage;
  /// One line for people (some errors add a line of advice), with the module's name, the offset and
  /// the function where these are known.
  std::string message;
  /// For an error about a module: `message` without name and place, with the words of the
  /// specification first, as in `type mismatch: expected i64, found i32`. Empty for others.
  std::string reason;
  /// Where in the module's bytes.
  std::optional<uint32_t> offset;
  /// Where in the source, for a module that was made from text.
  std::optional<Position> position;
  /// For `unknown_import` and `incompatible_import`: index into `Module::imports`.
  std::optional<uint32_t> import;
  /// For `io`: index into `WasiConfig::dirs`, where it is about one of these.
  std::optional<uint32_t> directory;
  /// For `limit`.
  std::optional<LimitKind> limit;
  /// For `malformed` and `image`: the bytes end too early, as those of a file that was cut off.
  bool truncated = false;
  /// For `feature_disabled`: the feature's name, as `Features::enable` takes it.
  std::string feature;
  /// For `ErrorKind::trap`: why and where. For `exception`: where it was thrown. Null for others.
  std::shared_ptr<const Trap> trap;
  /// For `ErrorKind::exception`; null for all others. See `waxwing/exception.hpp`. Unlike the rest
  /// it belongs to its store, and is valid no longer than that.
  std::shared_ptr<const Exception> exception;

  /// The code of a guest that ended itself (`proc_exit`), which is not a failure as such.
  [[nodiscard]] std::optional<uint32_t> exit_code() const {
    if (trap == nullptr || trap->kind != TrapKind::exit) return std::nullopt;
    return trap->exit_code;
  }
};

/// What every function that can fail returns. The library throws nothing but `std::bad_alloc`.
template <class T>
using Result = std::expected<T, Error>;

/// The failed side of a `Result`, for host functions: `return waxwing::fail("no such player");`
/// stops the guest with a trap of kind `host` and that text.
[[nodiscard]] inline std::unexpected<Error> fail(std::string message) {
  Error error;
  error.message = std::move(message);
  return std::unexpected(std::move(error));
}

} // namespace waxwing::inline v0
