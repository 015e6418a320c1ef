// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/pass_choice.hpp"

#include <algorithm>
#include <llvm/ADT/DenseMap.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/IR/Instructions.h>
#include <llvm/PassInfo.h>
#include <llvm/PassRegistry.h>

#include "compile/check_branch.hpp"

namespace waxwing::compile {

namespace {

/// Passes of the pipelines that find next to nothing in what a producer has optimised before, or
/// look for what there is none of (globals, calls of a library, pointers to functions), and take
/// time. Sorted.
constexpr llvm::StringLiteral kSkipped[] = {
    "ADCEPass",
    "AggressiveInstCombinePass",
    "AllocTokenPass",
    "BDCEPass",
    "CalledValuePropagationPass",
    "ConstantMergePass",
    "ConstraintEliminationPass",
    "DSEPass",
    "DropUnnecessaryAssumesPass",
    "Float2IntPass",
    "GlobalOptPass",
    "HotColdSplittingPass",
    "InferAlignmentPass",
    "InjectTLIMappings",
    "LibCallsShrinkWrapPass",
    "LoopDistributePass",
    "LoopIdiomRecognizePass",
    "LoopLoadEliminationPass",
    "LowerExpectIntrinsicPass",
    "MemCpyOptPass",
    "MemProfRemoveInfo",
    "MergedLoadStoreMotionPass",
    "MoveAutoInitPass",
    "OpenMPOptCGSCCPass",
    "OpenMPOptPass",
    "PostOrderFunctionAttrsPass",
    "RecomputeGlobalsAAPass",
    "ReversePostOrderFunctionAttrsPass",
    "SpeculativeExecutionPass",
};

/// Passes of code generation that -O1 does without: they order and move instructions, which costs
/// more time than it gives, and text.
constexpr llvm::StringLiteral kSkippedAtO1[] = {
    "break-false-deps",
    "machine-scheduler",
    "machine-sink",
    "x86-execution-domain-fix",
};

/// A function of more instructions has no loops unrolled. Each unrolling brings what is known of
/// the whole function up to date, so that one with thousands of loops took half a minute, and three
/// times the text.
constexpr size_t kMostUnrolled = 16'000;

bool is_larger(const llvm::Function& function, size_t instructions) {
  size_t count = 0;
  for (const llvm::BasicBlock& block : function)
    if ((count += block.size()) > instructions) return true;
  return false;
}

/// What InstCombine knows of a value from the branches before is a list of them, which it goes
/// through whenever it looks at the value. A function with a longer list for any value isn't
/// combined: with thousands of divisions of one number it took minutes.
constexpr unsigned kMostConditions = 256;

bool has_many_conditions(const llvm::Function& function) {
  llvm::DenseMap<const llvm::Value*, unsigned> counts;
  bool found = false;
  for (const llvm::BasicBlock& block : function) {
    const auto* const branch = llvm::dyn_cast<llvm::BranchInst>(block.getTerminator());
    if (branch == nullptr || !branch->isConditional()) continue;
    llvm::findValuesAffectedByCondition(branch->getCondition(), false, [&](llvm::Value* value) {
      found = found || ++counts[value] > kMostConditions;
    });
    if (found) return true;
  }
  return false;
}

/// Behind thousands of checks that may trap, what is wanted at the end alone is moved there behind
/// the last one, value after value, and all that these are made of is kept until then: registers
/// were looked for for minutes. With more checks nothing is moved down.
constexpr unsigned kMostChecks = 512;

bool has_many_checks(const llvm::Function& function) {
  unsigned count = 0;
  for (const llvm::BasicBlock& block : function)
    if (is_check(*block.getTerminator()) && ++count > kMostChecks) return true;
  return false;
}

} // namespace

bool PassChoice::wants(llvm::StringRef pass, const llvm::Any& unit) {
  if (std::ranges::binary_search(kSkipped, pass)) return false;
  if (const auto* const function = llvm::any_cast<const llvm::Function*>(&unit)) {
    if (pass == "InstCombinePass") return !has_many_conditions(**function);
    // What every run of passes over loops begins with.
    if (pass == "LoopSimplifyPass" || pass == "LoopUnrollPass")
      unrolls_ = !is_larger(**function, kMostUnrolled);
  }
  return unrolls_ || (pass != "LoopUnrollPass" && pass != "LoopFullUnrollPass");
}

CodePassChoice::CodePassChoice(llvm::Module& ir) : context_(ir.getContext()) {
  for (const llvm::Function& function : ir)
    if (has_many_checks(function))
      never_sunk_.insert(("function (" + function.getName() + ")").str());
  context_.setOptPassGate(*this);
}

CodePassChoice::~CodePassChoice() { context_.setOptPassGate(llvm::getGlobalPassGate()); }

bool CodePassChoice::shouldRunPass(llvm::StringRef pass, llvm::StringRef unit) const {
  return pass != "machine-sink" || !never_sunk_.contains(unit);
}

void disable_slow_passes(llvm::TargetPassConfig& config) {
  for (const llvm::StringLiteral name : kSkippedAtO1) disable_pass(config, name);
}

void disable_pass(llvm::TargetPassConfig& config, llvm::StringRef name) {
  const llvm::PassInfo* const pass = llvm::PassRegistry::getPassRegistry()->getPassInfo(name);
  if (pass != nullptr) config.disablePass(pass->getTypeInfo());
}

} // namespace waxwing::compile
