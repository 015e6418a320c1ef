// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the image's tables are made of, read from machine code just before it is printed
// (docs/abi.md, section 10). Places are marked with symbols that the packer looks up and drops.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compile/signature.hpp"
#include "image/format.hpp"
#include "wasm/trap.hpp"
#include "wasm/types.hpp"

namespace llvm {
class Instruction;
class MDOperand;
class MachineFunctionPass;
class TargetMachine;
} // namespace llvm

namespace waxwing::compile {

struct Options;

/// A function that was inlined, and the wasm offset of the call in its caller.
struct InlinedAt {
  FuncIndex function;
  uint32_t call;
  friend bool operator==(const InlinedAt&, const InlinedAt&) = default;
  friend auto operator<=>(const InlinedAt&, const InlinedAt&) = default;
};

struct Site {
  image::SiteKind kind{};
  bool is_exact = true;
  bool is_tail = false;
  /// A call of a builtin, which may trap.
  bool is_builtin = false;
  TrapKind trap{};
  uint32_t offset = 0;
  /// Of an access: `image::AccessShape::number`.
  uint64_t shape = 0;
  /// Symbol `site_symbol(number)`.
  uint32_t number = 0;
  /// The landing pad of a call, symbol `pad_symbol(pad)`; `kNoPad` where it has none.
  uint32_t pad = 0;
  /// Innermost first.
  std::vector<InlinedAt> chain;
  /// Whom a call calls, where that is known; only where the compiler asks
  /// (`Options::is_selective`).
  std::string callee;
  /// Of an access, all operators that the instruction stands for; only where sites are checked.
  std::vector<uint32_t> candidates;
};
inline constexpr uint32_t kNoPad = 0xFFFFFFFF;

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
  /// Symbol `prologue_symbol(number)`; 0 where the frame pointer is never set up.
  uint32_t prologue = 0;
  uint32_t stack_bytes = 0;
  bool realigns_stack = false;
  // Relative to the frame pointer.
  int32_t sp = 0;
  int32_t cfa = 0;
  std::vector<SavedRegister> saved;
  std::vector<ValueSlot> values;
  std::vector<Site> sites;
};

/// What came of comparing the sites of one kind with the ids that their instructions carry.
struct SiteCheck {
  size_t sites = 0;
  /// Not marked as inexact.
  size_t exact = 0;
  /// Exact ones whose instruction has still had its id, and that of another operator.
  size_t confirmed = 0;
  size_t wrong = 0;
  /// Exact ones of accesses that have the id of another one, which selection gave them, and whose
  /// scope and location agree against it.
  size_t copied = 0;
};

struct CodeFacts {
  std::vector<FunctionFacts> functions;
  /// Operands on the stack at operators, by their offsets; where frames tell.
  std::vector<std::pair<uint32_t, uint32_t>> heights;
  /// By `image::SiteKind`: calls, traps, accesses; where the options ask for it.
  SiteCheck checks[3];
  /// The number of the last symbol.
  uint32_t symbols = 0;
};

/// Names of the symbols. The first character can't begin a name in an object otherwise.
[[nodiscard]] std::string site_symbol(uint32_t number);
[[nodiscard]] std::string pad_symbol(uint32_t number);
[[nodiscard]] std::string prologue_symbol(uint32_t number);

/// What the scope of an access to a memory says (`FunctionLowering::mark_access`).
struct AccessMark {
  uint32_t offset;
  image::AccessShape shape;
};
/// Nothing for another scope.
[[nodiscard]] std::optional<AccessMark> read_access_mark(const llvm::MDOperand& scope);
/// The memory that an access is marked with; nothing for another instruction.
[[nodiscard]] std::optional<uint32_t> marked_memory(const llvm::Instruction& at);

/// The pass that fills `code`; made for one run.
[[nodiscard]] llvm::MachineFunctionPass* create_site_pass(CodeFacts& code, const Options& options);

} // namespace waxwing::compile
