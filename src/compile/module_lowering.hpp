// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a validated module to LLVM IR: what functions share. Declares every function under the
// conventions of docs/abi.md, and makes the glue: wrappers of tail entries, trampolines, adapters.
#pragma once

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "compile/failure.hpp"
#include "compile/options.hpp"
#include "compile/plan.hpp"
#include "compile/signature.hpp"
#include "image/layout.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

using Values = std::vector<llvm::Value*>;

/// Names of symbols in the objects. Nothing that a module says goes into them.
[[nodiscard]] std::string native_name(FuncIndex function);
[[nodiscard]] std::string tail_name(FuncIndex function);
/// The part of a symbol that one of the two has made. LLVM's passes make copies of functions and
/// add to their names: `f7.specialized.1` is code of `f7`. Other names are theirs as a whole.
[[nodiscard]] llvm::StringRef name_before_copy(llvm::StringRef symbol);
/// The same where objects have names of C besides.
[[nodiscard]] std::string direct_name(FuncIndex function);

/// Whether accesses to a memory rely on guard pages behind it.
[[nodiscard]] bool is_guarded(const waxwing::Module& wasm, const Options& options, uint32_t memory);

/// The function attribute with the bytes of stack that a function's own check provides for.
inline constexpr const char* kFrameAttribute = "waxwing-frame";

/// The module flag of a module whose functions may hold references to objects.
inline constexpr const char* kObjectsFlag = "waxwing-objects";

class DirectModule;

class ModuleLowering {
 public:
  /// `plan` outlives this; `part` is one of its.
  ModuleLowering(llvm::LLVMContext& context, const ModulePlan& plan, Part part,
                 const Options& options);

  /// Fills `ir()` with the part. Fails with the first operator that is not compiled. `done` hears
  /// of every function before it is lowered, and may give up by returning false.
  template <class Heard>
  [[nodiscard]] Outcome<void> run(Heard&& heard) {
    declare();
    for (FuncIndex i = part_.begin; i < part_.end; ++i) {
      if (!heard(i)) return failure("given up");
      if (auto lowered = lower(i); !lowered) return lowered;
    }
    finish();
    return {};
  }

  [[nodiscard]] llvm::Module& ir() { return *ir_; }
  [[nodiscard]] std::unique_ptr<llvm::Module> take() { return std::move(ir_); }
  [[nodiscard]] llvm::LLVMContext& context() { return context_; }
  [[nodiscard]] const waxwing::Module& wasm() const { return wasm_; }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] image::Layout layout() const { return {options_.info().pointer}; }
  [[nodiscard]] bool pointers_are_64() const { return options_.info().pointer == 8; }

  [[nodiscard]] llvm::PointerType* pointer() const { return pointer_; }
  [[nodiscard]] llvm::IntegerType* word() const { return word_; }
  [[nodiscard]] llvm::Type* type(Kind kind) const;
  [[nodiscard]] llvm::Type* type(ValType type) const { return this->type(kind_of(type)); }
  [[nodiscard]] const Signature& signature(const DefType& type);
  [[nodiscard]] const Signature& signature_of(FuncIndex function) {
    return signature(wasm_.type_of(function));
  }
  /// Entries of an own function, of this part or another; `tail` is null for one without.
  [[nodiscard]] llvm::Function* native(FuncIndex function);
  [[nodiscard]] llvm::Function* tail(FuncIndex function);
  [[nodiscard]] llvm::DISubprogram* scope(FuncIndex function) const {
    return scopes_[function - part_.begin];
  }
  /// Code that calls `VmContext::callee` by a builtin (docs/abi.md, sections 5 and 6).
  [[nodiscard]] llvm::Function* adapter(const Signature& signature, bool tail);
  llvm::Function* personality();
  /// The rows of a closed table (compile/closed_table.hpp).
  [[nodiscard]] const ClosedTable& closed_table(uint32_t table) const {
    return plan_.closed_tables()[table];
  }
  [[nodiscard]] llvm::GlobalVariable* closed_rows(uint32_t table);
  /// Code for calls through a closed table that lead to no function of their type, `(vm, index)`,
  /// `vm` only where traps are calls: it raises the trap that the element makes it.
  [[nodiscard]] llvm::Function* bad_index(uint32_t table);
  /// The domain of the scopes that tell accesses apart.
  [[nodiscard]] llvm::MDNode* access_domain() const { return access_domain_; }
  /// Types of what lies in memory, for alias analysis: what guests access, and what says where it
  /// is and how large, which only calls change.
  [[nodiscard]] llvm::MDNode* guest_bytes() const { return guest_bytes_; }
  [[nodiscard]] llvm::MDNode* extents() const { return extents_; }
  [[nodiscard]] bool catches() const { return plan_.catches(); }
  /// Of the fields of a struct, from its first byte.
  [[nodiscard]] const std::vector<uint32_t>& field_offsets(TypeIndex type);
  /// A guarded memory needs no check.
  [[nodiscard]] bool is_guarded(uint32_t memory) const {
    return compile::is_guarded(wasm_, options_, memory);
  }

  /// Keeps a call from being merged with others, where traces tell calls.
  void keep_apart(llvm::CallBase* call) const {
    if (options_.tells_calls()) call->addFnAttr(llvm::Attribute::NoMerge);
  }
  /// Operands on the stack at operators, by their offsets, where frames tell.
  std::vector<std::pair<uint32_t, uint32_t>> heights;

  /// Bytes of stack that the check at a function's entry provides for, unless it asks for more.
  std::map<std::string, uint32_t> frame_bytes;

  // Glue between IR values and what conventions carry.
  void append_arguments(llvm::IRBuilder<>& ir, Kind kind, llvm::Value* value, Values& out) const;
  /// Reads a parameter of `kind` at `argument`, which it moves on.
  [[nodiscard]] llvm::Value* read_argument(llvm::IRBuilder<>& ir, Kind kind,
                                           llvm::Function::arg_iterator& argument) const;
  void store_cell(llvm::IRBuilder<>& ir, Kind kind, llvm::Value* value, llvm::Value* cells,
                  uint32_t offset) const;
  [[nodiscard]] llvm::Value* load_cell(llvm::IRBuilder<>& ir, Kind kind, llvm::Value* cells,
                                       uint32_t offset) const;
  void store_cells(llvm::IRBuilder<>& ir, const std::vector<Kind>& kinds, const Values& values,
                   llvm::Value* cells) const;
  [[nodiscard]] Values load_cells(llvm::IRBuilder<>& ir, const std::vector<Kind>& kinds,
                                  llvm::Value* cells) const;
  [[nodiscard]] llvm::Value* at(llvm::IRBuilder<>& ir, llvm::Value* base, uint64_t offset) const;
  /// A pointer that never changes once the instance exists.
  [[nodiscard]] llvm::Value* load_fixed(llvm::IRBuilder<>& ir, llvm::Value* base,
                                        uint64_t offset) const;
  [[nodiscard]] llvm::Value* vm_field(llvm::IRBuilder<>& ir, llvm::Value* vm,
                                      image::VmField field) const;
  llvm::CallInst* call_builtin(llvm::IRBuilder<>& ir, llvm::Value* vm, image::Builtin builtin,
                               const Values& arguments) const;
  [[nodiscard]] llvm::FunctionType* builtin_type(image::Builtin builtin) const;
  /// The address of a builtin and its type.
  [[nodiscard]] llvm::FunctionCallee builtin(llvm::IRBuilder<>& ir, llvm::Value* vm,
                                             image::Builtin builtin) const;
  void set_attributes(llvm::Function& function, bool is_guest) const;
  /// What the C convention wants of numbers that are narrower than a register.
  void set_host_attributes(llvm::Function& function) const;

  /// What there is instead of a VmContext where there is no sandbox, else null.
  [[nodiscard]] DirectModule* direct() const { return direct_; }
  void set_direct(DirectModule* direct) { direct_ = direct; }

 private:
  void set_direct_attributes(llvm::Function& function) const;
  void declare();
  [[nodiscard]] Outcome<void> lower(FuncIndex function);
  void finish();
  void make_wrapper(FuncIndex function);
  void define_closed_tables();
  void make_trampoline(const Signature& signature, bool tail);

  llvm::LLVMContext& context_;
  const ModulePlan& plan_;
  const Part part_;
  const waxwing::Module& wasm_;
  const Options& options_;
  std::unique_ptr<llvm::Module> ir_;
  llvm::DIBuilder debug_;
  llvm::DIFile* file_ = nullptr;
  llvm::PointerType* pointer_;
  llvm::IntegerType* word_;
  llvm::MDNode* nothing_;
  llvm::MDNode* access_domain_;
  llvm::MDNode* guest_bytes_;
  llvm::MDNode* extents_;
  std::map<std::string, Signature> signatures_;
  std::unordered_map<TypeIndex, std::vector<uint32_t>> field_offsets_;
  std::vector<llvm::Function*> native_;
  std::vector<llvm::Function*> tail_;
  std::vector<llvm::DISubprogram*> scopes_;
  DirectModule* direct_ = nullptr;
};

} // namespace waxwing::compile
