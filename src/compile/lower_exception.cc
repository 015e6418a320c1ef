// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions (spec section 4.6.5; docs/abi.md, section 12).
#include "compile/function_lowering.hpp"

namespace waxwing::compile {

using image::Builtin;

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

/// Calls a builtin that throws: inside of a `try_table`, its return address has a landing pad.
void throw_by(F& f, Builtin which, Values arguments) {
  arguments.insert(arguments.begin(), f.vm());
  f.call_or_invoke(f.m.builtin(f.ir, f.vm(), which), arguments);
  f.ir.CreateUnreachable();
  f.end_charge();
  f.die();
}

void throw_(F& f, At at) {
  const Signature& values = f.m.signature(f.wasm.types[f.wasm.tags[at.x].type]);
  llvm::Value* const cells = f.scratch(values.param_bytes);
  f.m.store_cells(f.ir, values.params, f.pop(values.params.size()), cells);
  throw_by(f, Builtin::throw_, {f.i32(at.x), cells});
}

void throw_ref(F& f, At) { throw_by(f, Builtin::throw_ref, {f.pop()}); }

void try_table(F& f, At at) {
  // Labels of clauses count from outside.
  std::vector<CatchClause> clauses;
  ByteReader reader({at.vector, size_t{at.count} * 11});
  for (uint32_t i = 0; i < at.count; ++i)
    if (auto clause = read_catch(reader)) clauses.push_back(*clause);
  f.open(Op::try_table, at.block).clauses = std::move(clauses);
  f.end_charge();
}

/// Branches to a clause's label with its values.
void take_clause(F& f, const CatchClause& clause, llvm::Value* exception) {
  Values values;
  if (clause.kind == CatchKind::catch_ || clause.kind == CatchKind::catch_ref) {
    const Signature& carried = f.m.signature(f.wasm.types[f.wasm.tags[clause.tag].type]);
    if (!carried.params.empty()) {
      llvm::Value* const cells = f.scratch(carried.param_bytes);
      f.builtin(Builtin::exception_values, {exception, cells});
      values = f.m.load_cells(f.ir, carried.params, cells);
    }
  }
  if (clause.kind == CatchKind::catch_ref || clause.kind == CatchKind::catch_all_ref)
    values.push_back(exception);
  f.branch(clause.label, values);
}

/// Where the clauses of `control` are tried.
llvm::BasicBlock* dispatch_of(F& f, Control& control) {
  if (control.dispatch == nullptr) {
    control.dispatch = f.block("dispatch");
    llvm::IRBuilder<> ir(control.dispatch);
    control.exception = ir.CreatePHI(f.m.pointer(), 2, "exception");
  }
  return control.dispatch;
}

constexpr Rule kRules[] = {
    {Op::throw_, throw_},
    {Op::throw_ref, throw_ref},
    {Op::try_table, try_table},
};

} // namespace

void make_pad(F& f, Control& control) {
  control.pad = f.block("pad");
  llvm::IRBuilder<> ir(control.pad);
  ir.SetCurrentDebugLocation(f.ir.getCurrentDebugLocation());
  llvm::LandingPadInst* const landed =
      ir.CreateLandingPad(llvm::StructType::get(f.m.pointer(), ir.getInt32Ty()), 1);
  landed->addClause(llvm::ConstantPointerNull::get(f.m.pointer()));
  llvm::Value* const exception = ir.CreateExtractValue(landed, 0);
  ir.CreateBr(dispatch_of(f, control));
  control.exception->addIncoming(exception, control.pad);
}

void lower_clauses(F& f, Control& closed) {
  f.start_block(closed.dispatch);
  for (const CatchClause& clause : closed.clauses) {
    if (clause.kind == CatchKind::catch_all || clause.kind == CatchKind::catch_all_ref) {
      take_clause(f, clause, closed.exception);
      return;
    }
    llvm::Value* const is = f.builtin(Builtin::exception_is, {closed.exception, f.i32(clause.tag)});
    llvm::BasicBlock* const taken = f.block();
    llvm::BasicBlock* const next = f.block();
    f.ir.CreateCondBr(f.ir.CreateIsNotNull(is), taken, next);
    f.start_block(taken);
    take_clause(f, clause, closed.exception);
    f.start_block(next);
  }
  // None matches: on to the enclosing one, or out of the function.
  for (auto c = f.controls().rbegin(); c != f.controls().rend(); ++c) {
    if (c->op != Op::try_table) continue;
    llvm::BasicBlock* const outer = dispatch_of(f, *c);
    c->exception->addIncoming(closed.exception, f.ir.GetInsertBlock());
    f.ir.CreateBr(outer);
    return;
  }
  f.builtin(Builtin::throw_ref, {closed.exception});
  f.ir.CreateUnreachable();
}

std::span<const Rule> exception_rules() { return kRules; }

} // namespace waxwing::compile
