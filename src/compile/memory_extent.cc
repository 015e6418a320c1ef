// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/memory_extent.hpp"

#include <llvm/ADT/SetVector.h>
#include <llvm/IR/Instructions.h>

namespace waxwing::compile {

using image::VmField;

namespace {

/// Where a load's address is `offset` bytes from: a value that is no constant distance from
/// another.
llvm::Value* origin(const llvm::LoadInst& load, int64_t& offset) {
  llvm::APInt distance(64, 0);
  llvm::Value* const from =
      const_cast<llvm::LoadInst&>(load).getPointerOperand()->stripAndAccumulateConstantOffsets(
          load.getDataLayout(), distance,
          /*AllowNonInbounds=*/true);
  offset = distance.getSExtValue();
  return from;
}

/// The memory whose `VmMemory` is at `head`.
std::optional<uint32_t> memory_at(const llvm::Value* head, const llvm::Value* vm,
                                  const waxwing::Module& wasm) {
  const auto* load = llvm::dyn_cast<llvm::LoadInst>(head);
  if (load == nullptr || !load->isSimple() || !load->getType()->isPointerTy()) return std::nullopt;
  int64_t offset = 0;
  const llvm::Value* const from = origin(*load, offset);
  if (from == vm && offset == kWideLayout.vm(VmField::memory0)) return 0;
  const auto* const all = llvm::dyn_cast<llvm::LoadInst>(from);
  if (all == nullptr || !all->isSimple() || offset < 0 || offset % kWideLayout.pointer != 0)
    return std::nullopt;
  int64_t field = 0;
  if (origin(*all, field) != vm || field != kWideLayout.vm(VmField::memories)) return std::nullopt;
  const uint64_t memory = static_cast<uint64_t>(offset) / kWideLayout.pointer;
  if (memory >= wasm.memories.size()) return std::nullopt;
  return static_cast<uint32_t>(memory);
}

std::optional<ExtentField> loaded_field(const llvm::LoadInst& load, const llvm::Value* vm,
                                        const waxwing::Module& wasm) {
  if (!load.isSimple() || vm == nullptr) return std::nullopt;
  int64_t offset = 0;
  const llvm::Value* const from = origin(load, offset);
  if (from == vm && offset == kWideLayout.vm(VmField::memory0_base) &&
      load.getType()->isPointerTy())
    return ExtentField{0, false};
  const std::optional<uint32_t> memory = memory_at(from, vm, wasm);
  if (!memory) return std::nullopt;
  if (offset == kWideLayout.memory_base() && load.getType()->isPointerTy())
    return ExtentField{*memory, false};
  if (offset == kWideLayout.memory_size() && load.getType()->isIntegerTy(64))
    return ExtentField{*memory, true};
  return std::nullopt;
}

} // namespace

llvm::Value* context_of(const llvm::Function& function) {
  return function.arg_empty() || !function.getArg(0)->getType()->isPointerTy() ? nullptr
                                                                               : function.getArg(0);
}

std::optional<ExtentField> extent_field(const llvm::Value* value, const llvm::Value* vm,
                                        const waxwing::Module& wasm) {
  constexpr size_t kMostValues = 16;
  std::optional<ExtentField> found;
  llvm::SmallSetVector<const llvm::Value*, 4> values;
  values.insert(value);
  for (size_t i = 0; i < values.size(); ++i) {
    if (const auto* const phi = llvm::dyn_cast<llvm::PHINode>(values[i])) {
      values.insert(phi->op_begin(), phi->op_end());
      if (values.size() > kMostValues) return std::nullopt;
      continue;
    }
    if (const auto* const frozen = llvm::dyn_cast<llvm::FreezeInst>(values[i])) {
      values.insert(frozen->getOperand(0));
      continue;
    }
    const auto* const load = llvm::dyn_cast<llvm::LoadInst>(values[i]);
    if (load == nullptr) return std::nullopt;
    const std::optional<ExtentField> field = loaded_field(*load, vm, wasm);
    if (!field || (found && *found != *field)) return std::nullopt;
    found = field;
  }
  return found;
}

Extent load_extent(llvm::IRBuilder<>& ir, llvm::Value* vm, uint32_t memory) {
  const auto load = [&](llvm::Type* type, llvm::Value* from, uint64_t offset) {
    return ir.CreateAlignedLoad(type, ir.CreateConstGEP1_64(ir.getInt8Ty(), from, offset),
                                llvm::Align(kWideLayout.pointer));
  };
  llvm::Value* const head =
      memory == 0 ? load(ir.getPtrTy(), vm, kWideLayout.vm(VmField::memory0))
                  : load(ir.getPtrTy(), load(ir.getPtrTy(), vm, kWideLayout.vm(VmField::memories)),
                         uint64_t{memory} * kWideLayout.pointer);
  return {load(ir.getPtrTy(), head, kWideLayout.memory_base()),
          load(ir.getInt64Ty(), head, kWideLayout.memory_size())};
}

} // namespace waxwing::compile
