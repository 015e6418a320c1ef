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
}

/// What an exception of tag `tag` carries.
Values values_of(F& f, uint32_t tag, llvm::Value* exception) {
  const Signature& carried = f.m.signature(f.wasm.types[f.wasm.tags[tag].type]);
  if (carried.params.empty()) return {};
  llvm::Value* const cells = f.scratch(carried.param_bytes);
  f.builtin(Builtin::exception_values, {exception, cells});
  return f.m.load_cells(f.ir, carried.params, cells);
}

/// Branches to a clause's label with its values.
void take_clause(F& f, const CatchClause& clause, llvm::Value* exception) {
  Values values;
  if (clause.kind == CatchKind::catch_ || clause.kind == CatchKind::catch_ref)
    values = values_of(f, clause.tag, exception);
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

// The legacy form

void try_(F& f, At at) { (void)f.open(Op::try_, at.block); }

void catch_(F& f, At at) { begin_clause(f, &at.x); }
void catch_all(F& f, At) { begin_clause(f, nullptr); }

void delegate(F& f, At at) {
  // Labels count from outside of the block that ends here.
  std::vector<Control>& controls = f.controls();
  controls.back().outer = controls.size() - 1 - at.x;
  f.close();
}

void rethrow(F& f, At at) { throw_by(f, Builtin::throw_ref, {f.control(at.x).exception}); }

constexpr Rule kRules[] = {
    {Op::throw_, throw_},     {Op::throw_ref, throw_ref}, {Op::try_table, try_table},
    {Op::try_, try_},         {Op::catch_, catch_},       {Op::catch_all, catch_all},
    {Op::delegate, delegate}, {Op::rethrow, rethrow},
};

/// Goes on in a new block if the exception is of tag `tag`, else in `next`.
void test_tag(F& f, llvm::Value* exception, uint32_t tag, llvm::BasicBlock* next) {
  llvm::Value* const is = f.builtin(Builtin::exception_is, {exception, f.i32(tag)});
  llvm::BasicBlock* const taken = f.block();
  f.ir.CreateCondBr(f.ir.CreateIsNotNull(is), taken, next);
  f.start_block(taken);
}

/// What no clause has caught: on to the try around it, or out of the function.
void pass_on(F& f, const Control& closed) {
  if (Control* const around = f.open_try(closed.outer); around != nullptr) {
    llvm::BasicBlock* const dispatch = dispatch_of(f, *around);
    around->exception->addIncoming(closed.exception, f.ir.GetInsertBlock());
    f.ir.CreateBr(dispatch);
    return;
  }
  f.builtin(Builtin::pass_on, {closed.exception});
  f.ir.CreateUnreachable();
}

} // namespace

bool is_open_try(const Control& control) {
  return control.op == Op::try_table || control.op == Op::try_;
}

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

void end_try(F& f, Control& closed) {
  // A legacy one has its clauses behind it; one that has caught everything leaves nothing.
  if (closed.op == Op::catch_ && closed.next_clause == nullptr) return;
  f.start_block(closed.op == Op::catch_ ? closed.next_clause : closed.dispatch);
  for (const CatchClause& clause : closed.clauses) {
    if (clause.kind == CatchKind::catch_all || clause.kind == CatchKind::catch_all_ref) {
      take_clause(f, clause, closed.exception);
      return;
    }
    llvm::BasicBlock* const next = f.block();
    test_tag(f, closed.exception, clause.tag, next);
    take_clause(f, clause, closed.exception);
    f.start_block(next);
  }
  pass_on(f, closed);
}

void begin_clause(F& f, const uint32_t* tag) {
  Control& control = f.control(0);
  if (!f.is_dead()) f.branch_to(control, f.pop(control.results.size()));
  f.end_charge();
  f.drop_to(control.height);
  if (control.op == Op::try_) control.next_clause = control.dispatch;
  control.op = Op::catch_;
  if (control.next_clause == nullptr) {
    // Nothing that throws comes before, or all of it is caught.
    f.die();
    return;
  }
  f.revive();
  f.start_block(control.next_clause);
  control.next_clause = nullptr;
  if (tag == nullptr) return;
  llvm::BasicBlock* const next = f.block();
  test_tag(f, control.exception, *tag, next);
  f.control(0).next_clause = next;
  f.push_all(values_of(f, *tag, control.exception));
}

std::span<const Rule> exception_rules() { return kRules; }

} // namespace waxwing::compile
