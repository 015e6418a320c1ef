// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of LLVM's passes run over which functions: those that don't pay are left out, and of the
// others those whose time grows with the square of what a function has much of.
#pragma once

#include <llvm/ADT/Any.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/OptBisect.h>
// Without it, a unit is of no type that LLVM's library knows.
#include <llvm/IR/PassInstrumentation.h>

namespace llvm {
class TargetPassConfig;
} // namespace llvm

namespace waxwing::compile {

/// Of the pipelines over IR. For one run over one module, on one thread.
class PassChoice {
 public:
  /// Whether `pass` is to run over `unit`, a function or anything else.
  [[nodiscard]] bool wants(llvm::StringRef pass, const llvm::Any& unit);

 private:
  bool unrolls_ = true;
};

/// Of code generation, by function. While it lives, the module's context asks it.
class CodePassChoice : public llvm::OptPassGate {
 public:
  explicit CodePassChoice(llvm::Module& ir);
  ~CodePassChoice() override;
  CodePassChoice(const CodePassChoice&) = delete;

  [[nodiscard]] bool shouldRunPass(llvm::StringRef pass, llvm::StringRef unit) const override;
  [[nodiscard]] bool isEnabled() const override { return !never_sunk_.empty(); }

 private:
  llvm::LLVMContext& context_;
  /// Functions as LLVM describes them.
  llvm::StringSet<> never_sunk_;
};

/// Takes out what -O1 does without.
void disable_slow_passes(llvm::TargetPassConfig& config);
/// Takes out one pass, if there is one of that name.
void disable_pass(llvm::TargetPassConfig& config, llvm::StringRef name);

} // namespace waxwing::compile
