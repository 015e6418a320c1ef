// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/loop_reroll.hpp"

#include <algorithm>
#include <llvm/ADT/DenseMap.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>

namespace waxwing::compile {

namespace {

using llvm::Instruction;
using llvm::Value;

/// How often loops have been unrolled at most.
constexpr size_t kMostCopies = 16;

/// A sum over iterations, or a greatest or least, and what each copy adds to it, by copy.
struct Sum {
  llvm::PHINode* phi;
  Instruction* last;
  llvm::SmallVector<Instruction*, 8> nodes;
  llvm::SmallVector<Value*, 8> terms;
};

/// Whether an operation on integers gives the same in any order.
bool is_any_order(const Instruction& node) {
  switch (node.getOpcode()) {
  case Instruction::Add:
  case Instruction::Xor:
  case Instruction::And:
  case Instruction::Or: return node.getType()->isIntegerTy();
  default: return llvm::isa<llvm::MinMaxIntrinsic>(node) && node.getType()->isIntegerTy();
  }
}

bool is_same_operation(const Instruction& one, const Instruction& other) {
  const auto* const call = llvm::dyn_cast<llvm::IntrinsicInst>(&one);
  const auto* const other_call = llvm::dyn_cast<llvm::IntrinsicInst>(&other);
  return one.getOpcode() == other.getOpcode() &&
         (call == nullptr ||
          (other_call != nullptr && call->getIntrinsicID() == other_call->getIntrinsicID()));
}

class Reroller {
 public:
  Reroller(llvm::Loop& loop, llvm::ScalarEvolution& evolution,
           llvm::ArrayRef<RolledAccess> accesses)
      : loop_(loop), block_(*loop.getHeader()), evolution_(evolution), accesses_(accesses) {
    for (const RolledAccess& access : accesses) access_of_[access.at] = &access;
    size_t place = 0;
    for (Instruction& at : block_) place_[&at] = place++;
  }

  /// Finds copies; nothing is changed yet.
  bool find() {
    read_sums();
    llvm::SmallVector<Instruction*, 8> stores;
    for (Instruction& at : block_)
      if (llvm::isa<llvm::StoreInst>(at)) stores.push_back(&at);
    const size_t most = !stores.empty() ? stores.size() : sums_.empty() ? 0 : sums_[0].terms.size();
    for (size_t copies = std::min(most, kMostCopies); copies > 1; --copies) {
      if (stores.size() % copies != 0 || !steps_divide(copies)) continue;
      copies_ = copies;
      copy_of_.clear();
      first_of_.clear();
      if (match_stores(stores) && match_sums() && uses_are_inside()) return true;
    }
    return false;
  }

  /// Whether the copies can be run one after the other.
  bool keeps_order(const std::function<bool(const Instruction*, const Instruction*)>& are_apart) {
    for (const RolledAccess& x : accesses_)
      for (const RolledAccess& y : accesses_) {
        if (place_[x.at] >= place_[y.at] || !goes_behind(x.at, y.at)) continue;
        if (llvm::isa<llvm::LoadInst>(x.at) && llvm::isa<llvm::LoadInst>(y.at)) continue;
        if (!are_apart(x.at, y.at)) return false;
      }
    return true;
  }

  llvm::SmallVector<Instruction*, 16> roll(const llvm::SCEV* count) {
    set_iterations(loop_, count, copies_, evolution_);
    for (Sum& sum : sums_) roll_sum(sum);
    llvm::SmallVector<Instruction*, 16> gone;
    llvm::SmallVector<Instruction*, 32> dead;
    for (Instruction& at : llvm::reverse(block_)) {
      const auto copy = copy_of_.find(&at);
      if (copy == copy_of_.end()) continue;
      if (copy->second == 0) {
        // They may hold for the first copy only.
        at.dropPoisonGeneratingAnnotations();
        if (const auto access = access_of_.find(&at); access != access_of_.end())
          divide(*access->second->range);
        continue;
      }
      if (access_of_.contains(&at)) gone.push_back(&at);
      dead.push_back(&at);
    }
    for (Instruction* at : dead) {
      at->replaceAllUsesWith(llvm::PoisonValue::get(at->getType()));
      at->eraseFromParent();
    }
    evolution_.forgetLoop(&loop_);
    return gone;
  }

 private:
  // Sums.

  void read_sums() {
    for (llvm::PHINode& phi : block_.phis()) {
      Sum sum{&phi, llvm::dyn_cast<Instruction>(phi.getIncomingValueForBlock(&block_)), {}, {}};
      if (sum.last == nullptr || sum.last->getParent() != &block_ || !phi.hasOneUse()) continue;
      bool has_phi = false;
      if (phi.getType()->isIntegerTy() ? flatten(sum.last, sum, has_phi) : read_chain(sum, has_phi))
        if (has_phi && sum.terms.size() > 1) sums_.push_back(std::move(sum));
    }
  }

  /// The terms of an integer sum, in any order.
  bool flatten(Value* value, Sum& sum, bool& has_phi) {
    auto* const node = llvm::dyn_cast<Instruction>(value);
    if (value == sum.phi) {
      has_phi = true;
      return true;
    }
    if (node != nullptr && node->getParent() == &block_ && is_any_order(*node) &&
        is_same_operation(*node, *sum.last) && (node == sum.last || node->hasOneUse())) {
      sum.nodes.push_back(node);
      return flatten(node->getOperand(0), sum, has_phi) &&
             flatten(node->getOperand(1), sum, has_phi);
    }
    sum.terms.push_back(value);
    return sum.terms.size() <= kMostCopies && node != sum.last;
  }

  /// The terms of a sum of floats, in their order.
  bool read_chain(Sum& sum, bool& has_phi) {
    for (Instruction* node = sum.last;;) {
      if (node == nullptr || node->getParent() != &block_ ||
          node->getOpcode() != Instruction::FAdd || (node != sum.last && !node->hasOneUse()))
        return false;
      sum.nodes.push_back(node);
      auto* const left = llvm::dyn_cast<Instruction>(node->getOperand(0));
      auto* const right = llvm::dyn_cast<Instruction>(node->getOperand(1));
      const bool goes_right = right == sum.phi || (left != sum.phi && right != nullptr &&
                                                   right->getOpcode() == Instruction::FAdd);
      sum.terms.push_back(goes_right ? node->getOperand(0) : node->getOperand(1));
      Instruction* const before = goes_right ? right : left;
      if (sum.terms.size() > kMostCopies) return false;
      if (before == sum.phi) break;
      node = before;
    }
    has_phi = true;
    std::ranges::reverse(sum.terms);
    return true;
  }

  /// Which term is which copy's: of integers they may have been put in any order.
  bool match_sums() {
    for (Sum& sum : sums_) {
      if (sum.terms.size() != copies_) return false;
      if (!sum.phi->getType()->isIntegerTy()) {
        for (size_t j = 1; j < copies_; ++j)
          if (!match(sum.terms[0], sum.terms[j], j)) return false;
        continue;
      }
      if (!sort_terms(sum)) return false;
    }
    return true;
  }

  bool sort_terms(Sum& sum) {
    for (Value* first : sum.terms) {
      const auto copies = copy_of_;
      const auto firsts = first_of_;
      llvm::SmallVector<Value*, 8> sorted{first};
      for (size_t j = 1; j < copies_; ++j)
        for (Value* term : sum.terms) {
          if (llvm::is_contained(sorted, term)) continue;
          const auto copies_before = copy_of_;
          const auto firsts_before = first_of_;
          if (match(first, term, j)) {
            sorted.push_back(term);
            break;
          }
          copy_of_ = copies_before;
          first_of_ = firsts_before;
        }
      if (sorted.size() == copies_) {
        sum.terms = sorted;
        return true;
      }
      copy_of_ = copies;
      first_of_ = firsts;
    }
    return false;
  }

  void roll_sum(Sum& sum) {
    llvm::IRBuilder<> ir(block_.getTerminator());
    ir.SetCurrentDebugLocation(sum.last->getDebugLoc());
    const auto* const extreme = llvm::dyn_cast<llvm::MinMaxIntrinsic>(sum.last);
    Value* const next =
        extreme != nullptr
            ? ir.CreateBinaryIntrinsic(extreme->getIntrinsicID(), sum.phi, sum.terms[0])
            : ir.CreateBinOp(static_cast<Instruction::BinaryOps>(sum.last->getOpcode()), sum.phi,
                             sum.terms[0]);
    sum.last->replaceAllUsesWith(next);
    for (Instruction* node : sum.nodes) {
      node->replaceAllUsesWith(llvm::PoisonValue::get(node->getType()));
      node->eraseFromParent();
    }
  }

  // Copies.

  bool match_stores(llvm::ArrayRef<Instruction*> stores) {
    const size_t each = stores.size() / copies_;
    for (size_t j = 1; j < copies_; ++j)
      for (size_t i = 0; i < each; ++i)
        if (!match(stores[i], stores[j * each + i], j)) return false;
    return true;
  }

  /// Whether `b` is what `a` of the first copy is, in the copy `j`.
  bool match(Value* a, Value* b, size_t j) {
    auto* const first = llvm::dyn_cast<Instruction>(a);
    auto* const other = llvm::dyn_cast<Instruction>(b);
    if (first == nullptr || !loop_.contains(first)) return a == b;
    if (other == nullptr || !loop_.contains(other) || first == other) return false;
    if (llvm::isa<llvm::PHINode>(first) || !first->isSameOperationAs(other)) return false;
    const auto known = first_of_.find(other);
    if (known != first_of_.end()) return known->second == first && copy_of_[other] == j;
    if (!set_copy(first, 0) || !set_copy(other, j)) return false;
    first_of_[other] = first;
    first_of_.try_emplace(first, first);
    const auto access = access_of_.find(first);
    if (access != access_of_.end()) {
      const auto counterpart = access_of_.find(other);
      if (counterpart == access_of_.end() || !is_shifted(*access->second, *counterpart->second, j))
        return false;
      return llvm::isa<llvm::LoadInst>(first) ||
             match(first->getOperand(0), other->getOperand(0), j);
    }
    if (first->mayReadOrWriteMemory()) return false;
    for (unsigned i = 0; i < first->getNumOperands(); ++i)
      if (!match(first->getOperand(i), other->getOperand(i), j)) return false;
    return true;
  }

  bool set_copy(Instruction* at, size_t copy) {
    return copy_of_.try_emplace(at, copy).first->second == copy;
  }

  bool is_shifted(const RolledAccess& first, const RolledAccess& other, size_t j) const {
    const int64_t step = stride(*first.range) / static_cast<int64_t>(copies_);
    return first.group == other.group &&
           other.range->total() - first.range->total() == static_cast<int64_t>(j) * step;
  }

  int64_t stride(const AddressRange& range) const {
    int64_t sum = 0;
    for (const AddressPart& part : range.parts)
      for (const Step& step : part.steps)
        if (step.loop == &loop_) sum += step.stride;
    return sum;
  }

  bool steps_divide(size_t copies) const {
    const auto divisor = static_cast<int64_t>(copies);
    bool moves = false;
    for (const RolledAccess& access : accesses_)
      for (const AddressPart& part : access.range->parts) {
        if (!part.bounded.empty()) return false;
        for (const Step& step : part.steps)
          if (step.loop == &loop_) {
            if (step.factor != nullptr || step.stride % divisor != 0) return false;
            moves = moves || step.stride != 0;
          }
      }
    return moves;
  }

  void divide(AddressRange& range) const {
    for (AddressPart& part : range.parts)
      for (Step& step : part.steps)
        if (step.loop == &loop_) step.stride /= static_cast<int64_t>(copies_);
  }

  /// Copies use nothing of each other, every access is in one, and only sums leave the loop. What
  /// is in no copy moves addresses and counts.
  bool uses_are_inside() {
    for (const RolledAccess& access : accesses_)
      if (!copy_of_.contains(access.at)) return false;
    for (Instruction& at : block_) {
      const auto copy = copy_of_.find(&at);
      const bool is_sum = std::ranges::any_of(sums_, [&](const Sum& sum) {
        return sum.phi == &at || llvm::is_contained(sum.nodes, &at);
      });
      if (copy != copy_of_.end() && is_sum) return false;
      for (const llvm::User* user : at.users()) {
        const auto* const by = llvm::cast<Instruction>(user);
        if (is_sum) {
          // Inside, a sum is for itself.
          if (loop_.contains(by) && !is_of_sum(*by)) return false;
          if (!loop_.contains(by) && !is_last(at)) return false;
          continue;
        }
        if (!loop_.contains(by)) return false;
        if (copy == copy_of_.end()) {
          // Where an access is, is made anew.
          if (copy_of_.contains(by) && !is_address(at, *by)) return false;
          if (is_of_sum(*by)) return false;
          continue;
        }
        const auto other = copy_of_.find(by);
        if (other != copy_of_.end() ? other->second != copy->second : !is_of_sum(*by)) return false;
      }
    }
    return true;
  }

  bool is_address(const Instruction& value, const Instruction& access) const {
    return access_of_.contains(&access) && llvm::getLoadStorePointerOperand(&access) == &value &&
           (!llvm::isa<llvm::StoreInst>(access) || access.getOperand(0) != &value);
  }
  bool is_of_sum(const Instruction& at) const {
    return std::ranges::any_of(sums_, [&](const Sum& sum) {
      return sum.phi == &at || llvm::is_contained(sum.nodes, &at);
    });
  }
  bool is_last(const Instruction& at) const {
    return std::ranges::any_of(sums_, [&](const Sum& sum) { return sum.last == &at; });
  }

  /// Whether `x`, which comes before `y`, will come behind it.
  bool goes_behind(const Instruction* x, const Instruction* y) {
    const auto key = [&](const Instruction* at) {
      return std::pair(copy_of_[at], place_[first_of_[at]]);
    };
    return key(x) > key(y);
  }

  llvm::Loop& loop_;
  llvm::BasicBlock& block_;
  llvm::ScalarEvolution& evolution_;
  const llvm::ArrayRef<RolledAccess> accesses_;
  llvm::DenseMap<const Instruction*, const RolledAccess*> access_of_;
  llvm::DenseMap<const Instruction*, size_t> place_;
  llvm::SmallVector<Sum, 2> sums_;
  size_t copies_ = 0;
  llvm::DenseMap<const Instruction*, size_t> copy_of_;
  /// What each instruction of a copy is in the first.
  llvm::DenseMap<const Instruction*, const Instruction*> first_of_;
};

} // namespace

void set_iterations(llvm::Loop& loop, const llvm::SCEV* count, uint64_t times,
                    llvm::ScalarEvolution& evolution) {
  llvm::BasicBlock* const before = loop.getLoopPreheader();
  llvm::BasicBlock* const latch = loop.getLoopLatch();
  llvm::SCEVExpander expander(evolution, "roll");
  llvm::IRBuilder<> ir(before->getTerminator());
  Value* const backedges =
      expander.expandCodeFor(count, count->getType(), before->getTerminator()->getIterator());
  Value* const limit = ir.CreateMul(
      ir.CreateAdd(ir.CreateZExt(backedges, ir.getInt64Ty()), ir.getInt64(1)), ir.getInt64(times));
  llvm::PHINode* const counter =
      llvm::PHINode::Create(ir.getInt64Ty(), 2, "", loop.getHeader()->begin());
  auto* const jump = llvm::cast<llvm::BranchInst>(latch->getTerminator());
  llvm::IRBuilder<> end(jump);
  Value* const next = end.CreateAdd(counter, end.getInt64(1), "", true, true);
  counter->addIncoming(end.getInt64(0), before);
  counter->addIncoming(next, latch);
  jump->setCondition(jump->getSuccessor(0) == loop.getHeader() ? end.CreateICmpNE(next, limit)
                                                               : end.CreateICmpEQ(next, limit));
}

llvm::SmallVector<Instruction*, 16>
reroll(llvm::Loop& loop, const llvm::SCEV* count, llvm::ScalarEvolution& evolution,
       llvm::ArrayRef<RolledAccess> accesses,
       const std::function<bool(const Instruction*, const Instruction*)>& are_apart) {
  // One block that ends in a branch back or out.
  const auto* const jump = llvm::dyn_cast<llvm::BranchInst>(loop.getHeader()->getTerminator());
  if (loop.getNumBlocks() != 1 || jump == nullptr || !jump->isConditional() ||
      loop.getLoopPreheader() == nullptr)
    return {};
  Reroller reroller(loop, evolution, accesses);
  if (!reroller.find() || !reroller.keeps_order(are_apart)) return {};
  return reroller.roll(count);
}

} // namespace waxwing::compile
