// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/frames.hpp"

#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <vector>

namespace waxwing::compile {

namespace {

constexpr llvm::StringLiteral kSlotPrefix = "waxwing.";
constexpr llvm::StringLiteral kMark = "waxwing.frame";

/// Whether a mark of `mark_frame`. One that was merged with another has lost its metadata, but
/// nothing else loads a pointer from `vm` itself as volatile.
bool is_mark(const llvm::Instruction& at) {
  const auto* const load = llvm::dyn_cast<llvm::LoadInst>(&at);
  if (load == nullptr || !load->isVolatile() || !load->getType()->isPointerTy()) return false;
  const auto* const from = llvm::dyn_cast<llvm::Argument>(load->getPointerOperand());
  return load->hasMetadata(kMark) || (from != nullptr && from->getName() == "vm");
}

/// Whether the guest can be seen from outside while the instruction runs.
bool is_seen(const llvm::Instruction& at) {
  if (llvm::isa<llvm::InvokeInst>(at)) return true;
  if (const auto* const call = llvm::dyn_cast<llvm::CallInst>(&at)) {
    const auto* const intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(call);
    return intrinsic == nullptr || intrinsic->getIntrinsicID() == llvm::Intrinsic::trap;
  }
  // Accesses to memories.
  if (const auto* const load = llvm::dyn_cast<llvm::LoadInst>(&at)) return load->isVolatile();
  if (const auto* const store = llvm::dyn_cast<llvm::StoreInst>(&at)) return store->isVolatile();
  return llvm::isa<llvm::AtomicRMWInst>(at) || llvm::isa<llvm::AtomicCmpXchgInst>(at);
}

class FramePush {
 public:
  FramePush(llvm::Function& function, image::Layout layout)
      : function_(function), layout_(layout), ir_(function.getContext()),
        pointer_(llvm::PointerType::getUnqual(function.getContext())) {}

  void run() {
    llvm::Value* const vm = take_marks();
    if (vm == nullptr || !is_seen()) return;
    vm_ = vm;
    const llvm::DISubprogram* const scope = function_.getSubprogram();
    ir_.SetInsertPoint(function_.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
    location_ =
        llvm::DILocation::get(function_.getContext(), 0, 0, const_cast<llvm::DISubprogram*>(scope));
    set(0);
    for (llvm::BasicBlock& block : function_) {
      if (block.isLandingPad()) {
        ir_.SetInsertPoint(block.getFirstInsertionPt());
        set(0);
      }
      llvm::Instruction* end = block.getTerminator();
      if (!llvm::isa<llvm::ReturnInst>(end)) continue;
      // Nothing may stand between a tail call and the return.
      if (auto* const tail = block.getTerminatingMustTailCall()) end = tail;
      ir_.SetInsertPoint(end);
      set(1);
    }
  }

 private:
  /// The function's `vm`, or null where it has no frame.
  llvm::Value* take_marks() {
    llvm::Value* vm = nullptr;
    std::vector<llvm::LoadInst*> marks;
    for (llvm::BasicBlock& block : function_)
      for (llvm::Instruction& at : block)
        if (is_mark(at)) marks.push_back(llvm::cast<llvm::LoadInst>(&at));
    for (llvm::LoadInst* mark : marks) {
      llvm::Value* const from = mark->getPointerOperand();
      if (llvm::isa<llvm::Argument>(from)) vm = from;
      // Its value may have taken the place of another load's.
      mark->setVolatile(false);
      if (mark->use_empty()) mark->eraseFromParent();
    }
    return function_.getSubprogram() == nullptr ? nullptr : vm;
  }

  [[nodiscard]] bool is_seen() const {
    for (const llvm::BasicBlock& block : function_)
      for (const llvm::Instruction& at : block)
        if (compile::is_seen(at)) return true;
    return false;
  }

  /// The innermost frame becomes that of the function (`level` 0), or of its caller (1).
  void set(uint32_t level) {
    ir_.SetCurrentDebugLocation(location_);
    llvm::Value* const frame =
        ir_.CreateIntrinsic(llvm::Intrinsic::frameaddress, {pointer_}, {ir_.getInt32(level)});
    llvm::LoadInst* const store =
        ir_.CreateAlignedLoad(pointer_, vm_, llvm::Align(layout_.pointer));
    store->setMetadata(llvm::LLVMContext::MD_invariant_load,
                       llvm::MDNode::get(function_.getContext(), {}));
    llvm::Value* const top =
        ir_.CreateConstGEP1_32(ir_.getInt8Ty(), store, layout_.store_frame_top());
    ir_.CreateAlignedStore(frame, top, llvm::Align(layout_.pointer), /*isVolatile=*/true);
  }

  llvm::Function& function_;
  const image::Layout layout_;
  llvm::IRBuilder<> ir_;
  llvm::PointerType* pointer_;
  llvm::Value* vm_ = nullptr;
  llvm::DebugLoc location_;
};

} // namespace

void mark_frame(llvm::IRBuilder<>& ir, llvm::Value* vm, llvm::Type* pointer, uint32_t alignment) {
  llvm::LoadInst* const mark =
      ir.CreateAlignedLoad(pointer, vm, llvm::Align(alignment), /*isVolatile=*/true);
  mark->setMetadata(kMark, llvm::MDNode::get(ir.getContext(), {}));
}

void push_frames(llvm::Module& ir, image::Layout layout) {
  static_assert(static_cast<uint32_t>(image::VmField::store) == 0);
  for (llvm::Function& function : ir)
    if (!function.isDeclaration()) FramePush(function, layout).run();
}

std::string value_slot_name(char letter, uint32_t index) {
  return kSlotPrefix.str() + letter + std::to_string(index) + '.';
}

bool read_value_slot(llvm::StringRef name, char& letter, uint32_t& index) {
  if (!name.consume_front(kSlotPrefix) || name.empty()) return false;
  letter = name.front();
  name = name.drop_front();
  // Behind the point is what tells it from another of that name.
  return (letter == 'l' || letter == 'p') && !name.consumeInteger(10, index) &&
         name.starts_with(".");
}

} // namespace waxwing::compile
