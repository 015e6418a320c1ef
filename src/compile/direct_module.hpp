// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The LLVM IR of what a guest without a sandbox has besides its bodies: data with the addresses in
// it, globals, functions of the host, and the names by which others call it.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <string>
#include <vector>

#include "compile/direct_guest.hpp"
#include "compile/failure.hpp"

namespace waxwing::compile {

class ModuleLowering;

/// Placeholders for the guest's stack pointer, which `DirectFrames` takes away.
inline constexpr const char* kGetStackPointer = "waxwing.stack_pointer.get";
inline constexpr const char* kSetStackPointer = "waxwing.stack_pointer.set";

class DirectModule {
 public:
  /// Both outlive this.
  DirectModule(const DirectGuest& guest, ModuleLowering& lowering);

  /// Makes the data. Before any function is lowered.
  [[nodiscard]] Outcome<void> make_data();
  /// Makes what has names outside. Behind all functions. For an executable there is a `main` for
  /// the runtime, for the rest there are the exports.
  void finish(bool is_program);

  [[nodiscard]] const DirectGuest& guest() const { return guest_; }
  /// The address that a relocation stands for. Fails for one that there is none for here, and where
  /// `value` is not what the linker has put there: then the module was changed behind it.
  [[nodiscard]] Outcome<llvm::Constant*> address(const Relocation& relocation, uint64_t value);
  /// A global of the guest that is not its stack pointer. Fails where its first value is no number.
  [[nodiscard]] Outcome<llvm::GlobalVariable*> global(uint32_t index);
  /// A function as its address.
  [[nodiscard]] llvm::Function* function(FuncIndex index);

  [[nodiscard]] llvm::FunctionCallee get_stack_pointer();
  [[nodiscard]] llvm::FunctionCallee set_stack_pointer();

 private:
  /// Bytes of a segment that are one variable.
  struct Object {
    uint64_t start;
    llvm::GlobalVariable* variable;
  };

  /// From the first byte to that behind the last.
  using Ranges = std::vector<std::pair<uint64_t, uint64_t>>;

  [[nodiscard]] std::vector<Ranges> symbols_by_segment() const;
  [[nodiscard]] static std::vector<uint64_t> divide(Ranges ranges);
  [[nodiscard]] Outcome<void> fill(uint32_t segment, size_t object, uint64_t end);
  [[nodiscard]] Outcome<llvm::Constant*> address_of(const GuestSymbol& symbol);
  [[nodiscard]] Outcome<llvm::Constant*> outside(std::string_view name);
  [[nodiscard]] llvm::Constant* within(uint32_t segment, uint64_t offset);
  [[nodiscard]] llvm::Function* imported(FuncIndex index);
  void make_export(const DirectExport& item);
  void make_main();

  const DirectGuest& guest_;
  ModuleLowering& lowering_;
  llvm::Module& ir_;
  std::vector<std::vector<Object>> objects_;
  std::vector<llvm::GlobalVariable*> globals_;
  std::vector<llvm::Function*> imported_;
};

} // namespace waxwing::compile
