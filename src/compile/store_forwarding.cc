// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/store_forwarding.hpp"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include "compile/sites.hpp"

namespace waxwing::compile {

namespace {

/// How many stores are remembered.
constexpr size_t kMostStores = 16;

/// `value` lies at `place` and `bytes - 1` bytes behind it, counted from `from`.
struct Stored {
  llvm::Value* value;
  int64_t place;
  int64_t bytes;
};

/// What the last stores left, all in distances from one address: what is stored elsewhere may be
/// stored to any of them.
class Known {
 public:
  void store(const llvm::Value* from, const Stored& stored) {
    if (from != from_) stores_.clear();
    from_ = from;
    llvm::erase_if(stores_, [&](const Stored& one) {
      return one.place < stored.place + stored.bytes && stored.place < one.place + one.bytes;
    });
    if (stores_.size() == kMostStores) stores_.erase(stores_.begin());
    stores_.push_back(stored);
  }
  void forget() { stores_.clear(); }

  [[nodiscard]] llvm::Value* find(const llvm::Value* from, int64_t place, int64_t bytes) const {
    if (from != from_) return nullptr;
    for (const Stored& one : stores_)
      if (one.place == place && one.bytes == bytes) return one.value;
    return nullptr;
  }

 private:
  const llvm::Value* from_ = nullptr;
  llvm::SmallVector<Stored, 8> stores_;
};

class Forwarder {
 public:
  Forwarder(llvm::Function& function, const waxwing::Module& wasm)
      : function_(function), wasm_(wasm), layout_(function.getDataLayout()) {}

  bool run() {
    bool changed = false;
    // What a block knows at its end, for those that it alone leads to.
    llvm::DenseMap<const llvm::BasicBlock*, Known> ends;
    for (llvm::BasicBlock* block : llvm::ReversePostOrderTraversal(&function_)) {
      Known known;
      if (const llvm::BasicBlock* const before = block->getSinglePredecessor())
        if (const auto found = ends.find(before); found != ends.end()) known = found->second;
      for (llvm::Instruction& at : llvm::make_early_inc_range(*block))
        changed = visit(at, known) || changed;
      if (llvm::any_of(llvm::successors(block), [](const llvm::BasicBlock* next) {
            return next->getSinglePredecessor() != nullptr;
          }))
        ends[block] = std::move(known);
    }
    return changed;
  }

 private:
  bool visit(llvm::Instruction& at, Known& known) {
    if (!at.mayReadOrWriteMemory()) return false;
    auto* const load = llvm::dyn_cast<llvm::LoadInst>(&at);
    auto* const store = llvm::dyn_cast<llvm::StoreInst>(&at);
    if ((load == nullptr && store == nullptr) || !is_plain(at)) {
      if (at.mayWriteToMemory()) known.forget();
      return false;
    }
    llvm::APInt distance(64, 0);
    llvm::Value* const from =
        llvm::getLoadStorePointerOperand(&at)->stripAndAccumulateConstantOffsets(
            layout_, distance, /*AllowNonInbounds=*/true);
    const int64_t place = distance.getSExtValue();
    const auto bytes =
        static_cast<int64_t>(layout_.getTypeStoreSize(llvm::getLoadStoreType(&at)).getFixedValue());
    if (store != nullptr) {
      known.store(from, {store->getValueOperand(), place, bytes});
      return false;
    }
    // What one store has all of, the processor forwards; in a register it would take the place of
    // something else.
    if (bytes != 8 && bytes != 16) return false;
    llvm::Value* const low = known.find(from, place, bytes / 2);
    llvm::Value* const high = known.find(from, place + bytes / 2, bytes / 2);
    if (low == nullptr || high == nullptr) return false;
    llvm::IRBuilder<> ir(load);
    llvm::Value* const value = bytes == 8 ? join(ir, low, high) : join_vector(ir, low, high);
    load->replaceAllUsesWith(ir.CreateBitCast(value, load->getType()));
    load->eraseFromParent();
    return true;
  }

  /// An access of all bits of its type to a memory that no other thread writes to.
  bool is_plain(const llvm::Instruction& at) const {
    const std::optional<uint32_t> memory = marked_memory(at);
    return memory && !at.isAtomic() && *memory < wasm_.memories.size() &&
           !wasm_.memories[*memory].limits.shared &&
           layout_.typeSizeEqualsStoreSize(llvm::getLoadStoreType(&at));
  }

  static llvm::Value* join(llvm::IRBuilder<>& ir, llvm::Value* low, llvm::Value* high) {
    const auto widen = [&](llvm::Value* half) {
      return ir.CreateZExt(ir.CreateBitCast(half, ir.getInt32Ty()), ir.getInt64Ty());
    };
    return ir.CreateOr(ir.CreateShl(widen(high), 32), widen(low));
  }

  static llvm::Value* join_vector(llvm::IRBuilder<>& ir, llvm::Value* low, llvm::Value* high) {
    llvm::Value* both = llvm::PoisonValue::get(llvm::FixedVectorType::get(ir.getInt64Ty(), 2));
    both = ir.CreateInsertElement(both, ir.CreateBitCast(low, ir.getInt64Ty()), uint64_t{0});
    return ir.CreateInsertElement(both, ir.CreateBitCast(high, ir.getInt64Ty()), uint64_t{1});
  }

  llvm::Function& function_;
  const waxwing::Module& wasm_;
  const llvm::DataLayout& layout_;
};

} // namespace

llvm::PreservedAnalyses StoreForwarding::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager&) {
  if (!Forwarder(function, *wasm_).run()) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses kept;
  kept.preserveSet<llvm::CFGAnalyses>();
  return kept;
}

} // namespace waxwing::compile
