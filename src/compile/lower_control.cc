// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structured control (spec section 4.6.5).
#include <unordered_map>

#include "compile/function_lowering.hpp"

namespace waxwing::compile {

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

void nop(F&, At) {}

void unreachable(F& f, At) {
  f.trap(TrapKind::unreachable);
  f.die();
}

void block(F& f, At at) { (void)f.open(Op::block, at.block); }

void loop(F& f, At at) {
  const Values params = f.pop(f.params_of(at.block).size());
  f.push_all(params);
  Control& c = f.open(Op::loop, at.block);
  llvm::BasicBlock* const before = f.ir.GetInsertBlock();
  c.start = f.block("loop");
  f.ir.CreateBr(c.start);
  f.start_block(c.start);
  (void)f.pop(params.size());
  for (llvm::Value* param : params) {
    llvm::PHINode* const value = f.ir.CreatePHI(param->getType(), 2);
    value->addIncoming(param, before);
    c.start_values.push_back(value);
    f.push(value);
  }
  f.end_charge();
  if (f.m.options().polls) f.poll_interrupt();
}

void if_(F& f, At at) {
  llvm::Value* const condition = f.ir.CreateIsNotNull(f.pop());
  Control& c = f.open(Op::if_, at.block);
  llvm::BasicBlock* const then = f.block("then");
  c.otherwise = f.block("else");
  c.otherwise_params = f.top(c.params.size());
  f.ir.CreateCondBr(condition, then, c.otherwise);
  f.start_block(then);
  f.end_charge();
}

void else_(F& f, At) {
  Control& c = f.control(0);
  if (!f.is_dead()) f.branch_to(c, f.pop(c.results.size()));
  f.end_charge();
  f.revive();
  f.drop_to(c.height);
  f.start_block(c.otherwise);
  f.push_all(c.otherwise_params);
  c.otherwise = nullptr;
}

void end(F& f, At) { f.close(); }

void br(F& f, At at) {
  f.branch(at.x, f.top(f.label_arity(at.x)));
  f.end_charge();
  f.die();
}

/// Branches where `condition` holds; else goes on in a new block.
void branch_if(F& f, llvm::Value* condition, uint32_t depth, const Values& values) {
  llvm::BasicBlock* const taken = f.block();
  llvm::BasicBlock* const on = f.block();
  f.ir.CreateCondBr(condition, taken, on);
  f.start_block(taken);
  f.branch(depth, values);
  f.start_block(on);
  f.end_charge();
}

void br_if(F& f, At at) {
  llvm::Value* const condition = f.ir.CreateIsNotNull(f.pop());
  branch_if(f, condition, at.x, f.top(f.label_arity(at.x)));
}

void br_table(F& f, At at) {
  llvm::Value* const index = f.pop();
  ByteReader labels({at.vector, size_t{at.count + 1} * 5});
  std::vector<uint32_t> depths;
  for (uint32_t i = 0; i <= at.count; ++i) depths.push_back(labels.leb_u32().value_or(0));
  const Values values = f.top(f.label_arity(depths.back()));
  llvm::BasicBlock* const from = f.ir.GetInsertBlock();
  // One block a label, however many entries lead to it.
  std::unordered_map<uint32_t, llvm::BasicBlock*> blocks;
  const auto block_for = [&](uint32_t depth) {
    llvm::BasicBlock*& made = blocks[depth];
    if (made == nullptr) {
      made = f.block();
      f.start_block(made);
      f.branch(depth, values);
      f.start_block(from);
    }
    return made;
  };
  llvm::SwitchInst* const jump = f.ir.CreateSwitch(index, block_for(depths.back()), at.count);
  for (uint32_t i = 0; i < at.count; ++i) {
    llvm::BasicBlock* const target = block_for(depths[i]);
    if (depths[i] != depths.back()) jump->addCase(f.ir.getInt32(i), target);
  }
  f.end_charge();
  f.die();
}

void return_(F& f, At) {
  f.return_values(f.top(f.type.results.size()));
  f.end_charge();
  f.die();
}

constexpr Rule kRules[] = {
    {Op::unreachable, unreachable},
    {Op::nop, nop},
    {Op::block, block},
    {Op::loop, loop},
    {Op::if_, if_},
    {Op::else_, else_},
    {Op::end, end},
    {Op::br, br},
    {Op::br_if, br_if},
    {Op::br_table, br_table},
    {Op::return_, return_},
};

} // namespace

std::span<const Rule> control_rules() { return kRules; }

} // namespace waxwing::compile
