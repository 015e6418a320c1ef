// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/bulk_memory.hpp"

#include <llvm/IR/MDBuilder.h>

namespace waxwing::compile {

using image::Builtin;
using image::VmField;

namespace {

/// Bytes of the widest piece that is moved at a time.
constexpr uint64_t kWidest = 16;
/// More than that is left to the builtin: eight pieces, which any target has registers for.
constexpr uint64_t kMost = 8 * kWidest;

/// Writes one of the functions.
class Short {
 public:
  Short(ModuleLowering& m, Builtin builtin, const char* name) : m_(m), ir_(m.context()) {
    made_ = llvm::Function::Create(m.builtin_type(builtin), llvm::GlobalValue::LinkOnceODRLinkage,
                                   name, m.ir());
    // Each part that needs it has one, and the linker keeps the first.
    made_->setComdat(m.ir().getOrInsertComdat(name));
    m.set_attributes(*made_, false);
    made_->addFnAttr(llvm::Attribute::NoInline);
    // It has no frame, so the return address is where the builtin looks for it.
    made_->addFnAttr("frame-pointer", "none");
    ir_.SetInsertPoint(llvm::BasicBlock::Create(m.context(), "", made_));
    long_ = block();
    const llvm::IRBuilder<>::InsertPointGuard guard(ir_);
    ir_.SetInsertPoint(long_);
    llvm::Value* const vm = made_->getArg(0);
    std::vector<llvm::Value*> arguments;
    for (llvm::Argument& argument : made_->args()) arguments.push_back(&argument);
    llvm::CallInst* const call = ir_.CreateCall(m.builtin(ir_, vm, builtin), arguments);
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    ir_.CreateRetVoid();
  }

  [[nodiscard]] llvm::Function* made() const { return made_; }
  [[nodiscard]] llvm::Argument* argument(unsigned number) const { return made_->getArg(number); }
  llvm::IRBuilder<>& ir() { return ir_; }

  /// Goes on if no more than `kMost` bytes from each of `starts` on are all in the memory.
  void check(std::initializer_list<llvm::Value*> starts, llvm::Value* count) {
    const image::Layout layout = m_.layout();
    llvm::Value* const vm = made_->getArg(0);
    require(ir_.CreateICmpULE(count, number(kMost)));
    llvm::Value* const size = ir_.CreateAlignedLoad(
        ir_.getInt64Ty(), m_.at(ir_, m_.vm_field(ir_, vm, VmField::memory0), layout.memory_size()),
        llvm::Align(layout.pointer));
    // Of 32 bits each: the sum does not wrap.
    llvm::Value* last = nullptr;
    for (llvm::Value* start : starts)
      last =
          last == nullptr ? start : ir_.CreateBinaryIntrinsic(llvm::Intrinsic::umax, last, start);
    require(ir_.CreateICmpULE(ir_.CreateAdd(last, count), size));
    base_ = ir_.CreateAlignedLoad(
        m_.pointer(), m_.at(ir_, m_.vm_field(ir_, vm, VmField::memory0), layout.memory_base()),
        llvm::Align(layout.pointer));
  }

  [[nodiscard]] llvm::Value* address(llvm::Value* start) { return add(base_, start); }
  [[nodiscard]] llvm::Value* add(llvm::Value* pointer, llvm::Value* bytes) {
    return ir_.CreateGEP(ir_.getInt8Ty(), pointer, bytes);
  }

  /// Calls `move(offsets, bytes)` for each size, to move `bytes` at each of the offsets, which
  /// together are all that there is to move; they may overlap.
  template <class Move>
  void for_each_size(llvm::Value* count, Move&& move) {
    using Offsets = std::vector<llvm::Value*>;
    const auto from_end = [&](uint64_t back) { return ir_.CreateSub(count, number(back)); };
    // Of n to 2n bytes, the first n and the last n.
    const auto both_ends = [&](uint64_t bytes, uint64_t piece) {
      Offsets offsets;
      for (uint64_t at = 0; at < bytes; at += piece) offsets.push_back(number(at));
      for (uint64_t at = bytes; at > 0; at -= piece) offsets.push_back(from_end(at));
      move(offsets, piece);
      ir_.CreateRetVoid();
    };
    llvm::BasicBlock* const wide = block();
    llvm::BasicBlock* const narrow = block();
    ir_.CreateCondBr(ir_.CreateICmpUGE(count, number(kWidest)), wide, narrow);

    ir_.SetInsertPoint(wide);
    for (uint64_t bytes = kWidest; bytes < kMost / 2; bytes *= 2)
      if_(ir_.CreateICmpULE(count, number(2 * bytes)), [&] { both_ends(bytes, kWidest); });
    both_ends(kMost / 2, kWidest);

    ir_.SetInsertPoint(narrow);
    for (uint64_t bytes = kWidest / 2; bytes > 1; bytes /= 2)
      if_(ir_.CreateICmpUGE(count, number(bytes)), [&] { both_ends(bytes, bytes); });
    if_(ir_.CreateIsNotNull(count), [&] {
      move(Offsets{number(0)}, 1);
      ir_.CreateRetVoid();
    });
    ir_.CreateRetVoid();
  }

 private:
  llvm::BasicBlock* block() { return llvm::BasicBlock::Create(m_.context(), "", made_); }
  llvm::Value* number(uint64_t value) { return ir_.getInt64(value); }

  void require(llvm::Value* condition) {
    llvm::BasicBlock* const on = block();
    ir_.CreateCondBr(condition, on, long_,
                     llvm::MDBuilder(m_.context()).createBranchWeights(1 << 20, 1));
    ir_.SetInsertPoint(on);
  }

  template <class Then>
  void if_(llvm::Value* condition, Then&& then) {
    llvm::BasicBlock* const yes = block();
    llvm::BasicBlock* const no = block();
    ir_.CreateCondBr(condition, yes, no);
    ir_.SetInsertPoint(yes);
    then();
    ir_.SetInsertPoint(no);
  }

  ModuleLowering& m_;
  llvm::IRBuilder<> ir_;
  llvm::Function* made_;
  llvm::BasicBlock* long_;
  llvm::Value* base_ = nullptr;
};

/// What moves `bytes` at a time.
llvm::Type* piece_type(llvm::IRBuilder<>& ir, uint64_t bytes) {
  if (bytes == kWidest) return llvm::FixedVectorType::get(ir.getInt64Ty(), 2);
  return ir.getIntNTy(static_cast<unsigned>(bytes * 8));
}

/// The function called `name`, which `write` writes where the part does not have it yet.
template <class Write>
llvm::Function* written_once(ModuleLowering& m, Builtin builtin, const char* name, Write&& write) {
  if (llvm::Function* const made = m.ir().getFunction(name)) return made;
  Short f(m, builtin, name);
  write(f, f.ir());
  return f.made();
}

} // namespace

bool moves_few_bytes(const ModuleLowering& m, uint32_t memory) {
  const Options& options = m.options();
  const MemoryType& type = m.wasm().memories[memory];
  return memory == 0 && !type.limits.is64 && !type.limits.shared && options.optimization >= 2 &&
         !options.for_size && m.pointers_are_64() && options.target_facts().vector_arguments;
}

llvm::Function* short_copy(ModuleLowering& m) {
  const auto write = [](Short& f, llvm::IRBuilder<>& ir) {
    llvm::Value* const count = f.argument(5);
    f.check({f.argument(3), f.argument(4)}, count);
    llvm::Value* const to = f.address(f.argument(3));
    llvm::Value* const from = f.address(f.argument(4));
    // They may overlap: all is read before anything is written.
    f.for_each_size(count, [&](const std::vector<llvm::Value*>& offsets, uint64_t bytes) {
      std::vector<llvm::Value*> pieces;
      pieces.reserve(offsets.size());
      for (llvm::Value* offset : offsets)
        pieces.push_back(
            ir.CreateAlignedLoad(piece_type(ir, bytes), f.add(from, offset), llvm::Align(1)));
      for (size_t i = 0; i < offsets.size(); ++i)
        ir.CreateAlignedStore(pieces[i], f.add(to, offsets[i]), llvm::Align(1));
    });
  };
  return written_once(m, Builtin::memory_copy, "short_copy", write);
}

llvm::Function* short_fill(ModuleLowering& m) {
  const auto write = [](Short& f, llvm::IRBuilder<>& ir) {
    llvm::Value* const count = f.argument(4);
    f.check({f.argument(2)}, count);
    llvm::Value* const to = f.address(f.argument(2));
    llvm::Value* const byte =
        ir.CreateZExt(ir.CreateTrunc(f.argument(3), ir.getInt8Ty()), ir.getInt64Ty());
    llvm::Value* const eight = ir.CreateMul(byte, ir.getInt64(0x0101010101010101));
    f.for_each_size(count, [&](const std::vector<llvm::Value*>& offsets, uint64_t bytes) {
      llvm::Value* const piece = bytes == kWidest ? ir.CreateVectorSplat(2, eight)
                                                  : ir.CreateTrunc(eight, piece_type(ir, bytes));
      for (llvm::Value* offset : offsets)
        ir.CreateAlignedStore(piece, f.add(to, offset), llvm::Align(1));
    });
  };
  return written_once(m, Builtin::memory_fill, "short_fill", write);
}

} // namespace waxwing::compile
