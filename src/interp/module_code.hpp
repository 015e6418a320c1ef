// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "base/arena.hpp"
#include "interp/calls.hpp"
#include "platform/spin_lock.hpp"
#include "runtime/loaded_module.hpp"
#include "wasm/validate.hpp"

namespace waxwing::interp {

class Translator;

/// What the interpreter keeps of a module: a record of each function, and their code as far as they
/// have been called. Shared by all instances, stores and threads.
class ModuleCode {
 public:
  explicit ModuleCode(runtime::LoadedModule& loaded);
  ~ModuleCode();
  ModuleCode(const ModuleCode&) = delete;

  [[nodiscard]] static ModuleCode& of(const VmContext* vm) {
    return *static_cast<ModuleCode*>(vm->engine_module);
  }

  /// Makes the records. Nothing is translated yet.
  [[nodiscard]] Result<void> prepare();

  [[nodiscard]] runtime::LoadedModule& loaded() const { return loaded_; }
  /// The record of a function that is not imported.
  [[nodiscard]] Function& function(FuncIndex index) const {
    return functions_[index - loaded_.module().imported_functions];
  }
  /// The function that the instruction at `ip` belongs to, or null.
  [[nodiscard]] const Function* find(const uint8_t* ip) const;
  /// Offset in the module of the operator that the byte of code at `ip` was made for. False where
  /// there is no memory to find it out.
  [[nodiscard]] bool locate(const Function& function, const uint8_t* ip, uint32_t& offset);

  /// Validates the body if that is still to be done, translates it and publishes the code. Any
  /// number of threads may ask for the same function. `error` is set for `invalid_function`.
  [[nodiscard]] TrapKind translate(Function& function, Error& error);

  /// Code that a guest entry returns to, and code that a call from another instance returns to.
  Plain leave;
  Plain switch_back;

 private:
  [[nodiscard]] Result<void> translate_locked(Function& function);

  /// Functions whose code lies in one piece: `count` of `by_code_` from `first` on, with rising
  /// addresses.
  struct Run {
    const uint8_t* begin;
    const uint8_t* end;
    size_t first;
    size_t count;
  };
  [[nodiscard]] Result<void> reserve_place();
  [[nodiscard]] size_t place_of(const uint8_t* ip) const;
  void add_place(const Function& function, const uint8_t* end);

  runtime::LoadedModule& loaded_;
  Function* functions_ = nullptr;
  size_t count_ = 0;
  /// Held while the two lists are used, which say whose code an address is: every throw asks.
  mutable platform::SpinLock places_lock_;
  Vec<const Function*> by_code_;
  Vec<Run> runs_;
  /// Held while anything below is used.
  platform::SpinLock lock_;
  Arena code_;
  Translator* translator_ = nullptr;
  FunctionValidator validator_;
};

} // namespace waxwing::interp
