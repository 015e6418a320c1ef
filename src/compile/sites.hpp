// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the image's tables are made of, read from machine code just before it is printed
// (docs/abi.md, section 10). What has a place in the code is marked with a symbol, which goes into
// no object: a section of its own there has the distances from the functions' beginnings, until
// `take_places` has read them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compile/failure.hpp"
#include "compile/signature.hpp"
#include "image/format.hpp"
#include "wasm/trap.hpp"
#include "wasm/types.hpp"

namespace llvm {
class MCStreamer;
class MCSymbol;
class Instruction;
class MDOperand;
class MachineFunctionPass;
class TargetMachine;
} // namespace llvm

namespace waxwing::compile {

struct Options;

/// A function that was inlined, the wasm offset of the call in its caller, and what that caller was
/// inlined in: a number of `CodeFacts::chains` plus 1, or 0.
struct InlinedAt {
  FuncIndex function;
  uint32_t call;
  uint32_t parent;
  friend auto operator<=>(const InlinedAt&, const InlinedAt&) = default;
};

/// Modules have millions of them.
struct Site {
  /// Of an access: `image::AccessShape::number`.
  uint64_t shape = 0;
  uint32_t offset = 0;
  /// From the beginning of the function.
  uint32_t place = 0;
  /// Innermost first: a number of `CodeFacts::chains` plus 1, or 0.
  uint32_t chain = 0;
  image::SiteKind kind{};
  TrapKind trap{};
  bool is_exact : 1 = true;
  bool is_tail : 1 = false;
  /// A call of a builtin, which may trap.
  bool is_builtin : 1 = false;
};
static_assert(sizeof(Site) == 24);

/// The landing pad of a call, both from the beginning of the function.
struct Pad {
  uint32_t call;
  uint32_t place;
};

struct SavedRegister {
  uint32_t number;
  int32_t at;
};

/// Where the frame of a function has a value for traces.
struct ValueSlot {
  /// An argument of the imported function that is called; else a local.
  bool is_param;
  uint32_t index;
  Kind kind;
  /// Relative to the frame pointer.
  int32_t at;
};

/// One function of machine code.
struct FunctionFacts {
  std::string name;
  /// Bytes until the frame pointer is set up; 0 where it never is.
  uint32_t prologue = 0;
  uint32_t stack_bytes = 0;
  bool realigns_stack = false;
  // Relative to the frame pointer.
  int32_t sp = 0;
  int32_t cfa = 0;
  std::vector<SavedRegister> saved;
  std::vector<ValueSlot> values;
  std::vector<Site> sites;
  std::vector<Pad> pads;
  /// By site: whom a call calls, where that is known; empty unless the compiler asks
  /// (`Options::is_selective`).
  std::vector<std::string> callees;
};

/// What came of comparing the sites of one kind with the ids that their instructions carry.
struct SiteCheck {
  size_t sites = 0;
  /// Not marked as inexact.
  size_t exact = 0;
  /// Exact ones whose instruction has still had its id, and that of another operator.
  size_t confirmed = 0;
  size_t wrong = 0;
  /// Exact ones of accesses that have the id of another one, which selection gave them: that one
  /// has an instruction of its own.
  size_t copied = 0;

  SiteCheck& operator+=(const SiteCheck& other) {
    sites += other.sites;
    exact += other.exact;
    confirmed += other.confirmed;
    wrong += other.wrong;
    copied += other.copied;
    return *this;
  }
};

/// What is known of the code of an object.
struct CodeFacts {
  std::vector<FunctionFacts> functions;
  /// Callers before those whom they call. No two are alike.
  std::vector<InlinedAt> chains;
  /// Operands on the stack at operators, by their offsets; where frames tell.
  std::vector<std::pair<uint32_t, uint32_t>> heights;
  /// By `image::SiteKind`: calls, traps, accesses; where the options ask for it.
  SiteCheck checks[3];
};

/// What marks the places of one object, in the order in which it prints them.
struct CodeMarks {
  std::vector<llvm::MCSymbol*> of_function;
};

/// The section of an object with the places, 4 bytes each: of each function the end of its prologue
/// if it has any, its sites, its calls with landing pads and those pads.
inline constexpr const char* kPlaces = ".wax.places";

/// What the scope of an access to a memory says (`FunctionLowering::mark_access`).
struct AccessMark {
  uint32_t offset;
  image::AccessShape shape;
};
/// Nothing for another scope.
[[nodiscard]] std::optional<AccessMark> read_access_mark(const llvm::MDOperand& scope);
/// The memory that an access is marked with; nothing for another instruction.
[[nodiscard]] std::optional<uint32_t> marked_memory(const llvm::Instruction& at);

/// The pass that fills `code` but for the places, and `marks` with what marks them in the function
/// that is printed next; made for one run.
[[nodiscard]] llvm::MachineFunctionPass* create_site_pass(CodeFacts& code, CodeMarks& marks,
                                                          const Options& options);

/// The pass behind the printer of objects, which writes places to `streamer`.
[[nodiscard]] llvm::MachineFunctionPass* create_place_pass(const CodeMarks& marks,
                                                           llvm::MCStreamer& streamer);

/// Completes `code` with the places in `object`.
[[nodiscard]] Outcome<void> take_places(std::span<const char> object, CodeFacts& code);

} // namespace waxwing::compile
