// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/loop_versioning.hpp"

#include <algorithm>
#include <cstdlib>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/DomTreeUpdater.h>
#include <llvm/Analysis/IVDescriptors.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/LoopUtils.h>

#include "compile/address_range.hpp"
#include "compile/check_branch.hpp"
#include "compile/loop_reroll.hpp"
#include "compile/memory_extent.hpp"
#include "compile/sites.hpp"

namespace waxwing::compile {

namespace {

/// A nest with more instructions stays as it is.
constexpr size_t kMostInstructions = 600;
/// A loop that is known to be shorter, and to access memory fewer times, is not worth a test.
constexpr unsigned kFewIterations = 16;
constexpr uint64_t kFewAccesses = 64;
/// How many nests of a function are versioned, how many ranges a test compares, and how many of
/// them with each other.
constexpr size_t kMostNests = 400;
constexpr size_t kMostGroups = 24;
constexpr size_t kMostHulls = 8;
/// How many arrays of one start are told apart.
constexpr size_t kMostPlaces = 8;

/// Of the vectors that every target has.
constexpr int64_t kVectorBytes = 16;

/// Memories begin at multiples of it (docs/abi.md, section 11).
constexpr unsigned kBaseAlignment = 16;

/// What an access outside of innermost loops has for a hull: only there vectors gain by what is
/// known to be apart, and it may never be made, as what is left of an unrolled loop.
constexpr size_t kNoHull = SIZE_MAX;

/// An access to a memory.
struct Access {
  llvm::Instruction* at;
  llvm::Value* base;
  uint32_t memory;
  int64_t width;
  AddressRange range;
  size_t group = 0;
  size_t hull = kNoHull;
  size_t place = 0;
};

/// Numbers that have to be in bounds together.
struct Group {
  RangeGroup range;
  /// The end is no greater than the size of this memory, or than `kNoMemory` any bound.
  uint32_t memory;
};
constexpr uint32_t kNoMemory = UINT32_MAX;

/// A branch that leaves the nest if a check fails, and where it goes else.
struct Check {
  llvm::BranchInst* branch;
  bool is_bad;
};

/// Addresses that are known to lie between two distances from one start; those of another place of
/// the hull lie elsewhere.
struct Place {
  int64_t low;
  int64_t end;
  bool has_store = false;
  llvm::MDNode* scope = nullptr;
};

/// Ranges that begin at one start, or are of one array.
struct Hull {
  /// An access.
  size_t first = 0;
  llvm::SmallVector<size_t, 4> groups;
  llvm::SmallVector<Place, 4> places;
  bool has_store = false;
  llvm::Value* low = nullptr;
  llvm::Value* end = nullptr;
};

bool is_volatile(const llvm::Instruction& at) {
  if (const auto* const load = llvm::dyn_cast<llvm::LoadInst>(&at)) return load->isVolatile();
  return llvm::cast<llvm::StoreInst>(at).isVolatile();
}

bool ends_in_trap(const llvm::BasicBlock* block) {
  for (int i = 0; i < 3; ++i) {
    if (is_trap(*block)) return true;
    block = block->getSingleSuccessor();
    if (block == nullptr) return false;
  }
  return false;
}

/// One nest, from the question whether it qualifies to its two copies.
class Nest {
 public:
  Nest(llvm::Loop& root, const waxwing::Module& wasm, llvm::LoopInfo& loops,
       llvm::DominatorTree& dominators, llvm::ScalarEvolution& evolution,
       llvm::AssumptionCache& assumptions)
      : root_(root), wasm_(wasm), loops_(loops), dominators_(dominators), evolution_(evolution),
        assumptions_(assumptions), function_(*root.getHeader()->getParent()),
        vm_(context_of(function_)) {}

  bool qualifies() {
    return vm_ != nullptr && has_shape() && read_instructions() && read_accesses() &&
           read_exits() && read_counts() && is_worth_it() && may_be_apart() && may_be_vectors() &&
           can_expand();
  }

  void version() {
    llvm::BasicBlock* const before = root_.getLoopPreheader();
    RangeChecker checker(evolution_, *before->getTerminator(), counts_);
    find_hulls();
    make_test(checker);
    copy(before, checker.holds());
    remove_checks();
    relax();
    evolution_.forgetTopmostLoop(&root_);
    evolution_.forgetBlockAndLoopDispositions();
  }

 private:
  // Whether it qualifies.

  bool has_shape() {
    if (!root_.isLoopSimplifyForm() || !root_.isSafeToClone()) return false;
    const auto inner = root_.getLoopsInPreorder();
    return std::ranges::all_of(inner,
                               [](const llvm::Loop* loop) { return loop->isLoopSimplifyForm(); });
  }

  bool read_instructions() {
    size_t count = 0;
    for (llvm::BasicBlock* block : root_.blocks())
      for (llvm::Instruction& at : *block) {
        if (at.isDebugOrPseudoInst()) continue;
        if (++count > kMostInstructions || !read_instruction(at)) return false;
      }
    return !candidates_.empty();
  }

  bool read_instruction(llvm::Instruction& at) {
    if (at.isTerminator()) return llvm::isa<llvm::BranchInst, llvm::SwitchInst>(at);
    if (llvm::isa<llvm::LoadInst, llvm::StoreInst>(at)) {
      if (at.isAtomic()) return false;
      if (is_volatile(at)) {
        candidates_.push_back(&at);
        return true;
      }
      if (llvm::isa<llvm::StoreInst>(at)) return false;
      others_.push_back(&at);
      return true;
    }
    if (const auto* const call = llvm::dyn_cast<llvm::CallBase>(&at))
      return llvm::isa<llvm::IntrinsicInst>(call) && call->doesNotAccessMemory() &&
             call->willReturn() && call->doesNotThrow() && !call->isConvergent();
    return !at.mayReadOrWriteMemory() && !at.mayHaveSideEffects();
  }

  bool read_counts() {
    for (llvm::Loop* loop : root_.getLoopsInPreorder()) {
      llvm::BasicBlock* const end = only_end(*loop);
      const llvm::SCEV* count =
          end == nullptr
              ? evolution_.getSymbolicMaxBackedgeTakenCount(loop)
              : evolution_.getExitCount(loop, end, llvm::ScalarEvolution::SymbolicMaximum);
      if (llvm::isa<llvm::SCEVCouldNotCompute>(count) && end != nullptr)
        count = assumed_count(*loop, *end);
      if (llvm::isa<llvm::SCEVCouldNotCompute>(count) ||
          count->getType()->getIntegerBitWidth() > 64 || !evolution_.isLoopInvariant(count, &root_))
        return false;
      counts_.push_back({loop, count});
    }
    return true;
  }

  /// The block that ends a loop of the fast copy, which has no checks; null if there are several.
  llvm::BasicBlock* only_end(const llvm::Loop& loop) const {
    llvm::SmallVector<llvm::BasicBlock*, 4> exiting;
    loop.getExitingBlocks(exiting);
    llvm::erase_if(exiting, [&](const llvm::BasicBlock* block) {
      return std::ranges::any_of(
          checks_, [&](const Check& check) { return check.branch->getParent() == block; });
    });
    return exiting.size() == 1 ? exiting[0] : nullptr;
  }

  /// How often the backedge is taken if numbers are equal that the test can compare: a loop that
  /// was unrolled counts in steps of more than one up to a number that may be no multiple.
  const llvm::SCEV* assumed_count(llvm::Loop& loop, const llvm::BasicBlock& end) {
    if (&end != loop.getLoopLatch()) return evolution_.getCouldNotCompute();
    llvm::SmallVector<const llvm::SCEVPredicate*, 2> assumed;
    const llvm::SCEV* const count = evolution_.getPredicatedExitCount(&loop, &end, &assumed);
    if (llvm::isa<llvm::SCEVCouldNotCompute>(count)) return count;
    for (const llvm::SCEVPredicate* one : assumed) {
      const auto* const equal = llvm::dyn_cast<llvm::SCEVComparePredicate>(one);
      if (equal == nullptr || equal->getPredicate() != llvm::ICmpInst::ICMP_EQ ||
          !evolution_.isLoopInvariant(equal->getLHS(), &root_) ||
          !evolution_.isLoopInvariant(equal->getRHS(), &root_) ||
          equal->getLHS()->getType()->getIntegerBitWidth() > 64)
        return evolution_.getCouldNotCompute();
      assumed_.push_back(equal);
    }
    assumed_counts_.push_back({&loop, count});
    return count;
  }

  bool read_accesses() {
    for (llvm::Instruction* at : candidates_) {
      const std::optional<uint32_t> memory = marked_memory(*at);
      if (!memory || *memory >= wasm_.memories.size() || wasm_.memories[*memory].limits.shared)
        return false;
      const llvm::SCEV* const address = evolution_.getSCEV(llvm::getLoadStorePointerOperand(at));
      const auto* const base =
          llvm::dyn_cast<llvm::SCEVUnknown>(evolution_.getPointerBase(address));
      if (base == nullptr) return false;
      const std::optional<ExtentField> field = extent_field(base->getValue(), vm_, wasm_);
      if (!field || field->is_size || field->memory != *memory) return false;
      std::optional<AddressRange> range =
          find_range(evolution_, root_, starts_, evolution_.removePointerBase(address));
      if (!range || !steps_around(*range, *at) || !can_widen(*range, *at)) return false;
      const auto width = static_cast<int64_t>(
          function_.getDataLayout().getTypeStoreSize(llvm::getLoadStoreType(at)).getFixedValue());
      Access access{at, base->getValue(), *memory, width, std::move(*range)};
      access.group = group_for(access.range, width, *memory);
      accesses_.push_back(std::move(access));
      if (groups_.size() > kMostGroups) return false;
    }
    return true;
  }

  /// An address may have come out of a loop that it isn't in.
  static bool steps_around(const AddressRange& range, const llvm::Instruction& at) {
    return std::ranges::all_of(range.parts, [&](const AddressPart& part) {
      return std::ranges::all_of(
          part.steps, [&](const Step& step) { return step.loop->contains(at.getParent()); });
    });
  }

  bool can_widen(const AddressRange& range, const llvm::Instruction& at) {
    const llvm::SCEVExpander expander(evolution_, "nest");
    return std::ranges::all_of(range.parts, [&](const AddressPart& part) {
      return std::ranges::all_of(
          part.bounded, [&](const llvm::SCEV* one) { return expander.isSafeToExpandAt(one, &at); });
    });
  }

  size_t group_for(const AddressRange& range, int64_t width, uint32_t memory) {
    for (size_t i = 0; i < groups_.size(); ++i)
      if (groups_[i].memory == memory && groups_[i].range.range.is_like(range)) {
        groups_[i].range.add(range, width);
        return i;
      }
    groups_.push_back({RangeGroup(range, width), memory});
    return groups_.size() - 1;
  }

  /// Innermost loops end at their latches only, checks that can't fail aside. What leaves an outer
  /// loop elsewhere, a trap as well, sees all that was stored before.
  bool read_exits() {
    for (const llvm::Loop* loop : root_.getLoopsInPreorder()) {
      llvm::SmallVector<llvm::BasicBlock*, 4> exiting;
      loop->getExitingBlocks(exiting);
      for (llvm::BasicBlock* block : exiting) {
        if (read_check(*block)) continue;
        if (loop->isInnermost() && block != loop->getLoopLatch()) return false;
      }
    }
    return groups_.size() <= kMostGroups;
  }

  /// Whether the block ends in a branch to a trap that is not taken where addresses are in bounds.
  bool read_check(llvm::BasicBlock& block) {
    auto* const branch = llvm::dyn_cast<llvm::BranchInst>(block.getTerminator());
    if (branch == nullptr || !branch->isConditional()) return false;
    for (const Check& known : checks_)
      if (known.branch == branch) return true;
    for (const bool is_bad : {true, false}) {
      const llvm::BasicBlock* const target = branch->getSuccessor(is_bad ? 0 : 1);
      if (root_.contains(target) || !ends_in_trap(target)) continue;
      Conditions conditions;
      if (!exclude(*branch->getCondition(), is_bad, *branch, conditions)) continue;
      for (Condition& one : conditions) (void)group_for(one.range, one.width, one.memory);
      checks_.push_back({branch, is_bad});
      return true;
    }
    return false;
  }

  /// `range` and `width` have to be in bounds of `memory`.
  struct Condition {
    AddressRange range;
    int64_t width;
    uint32_t memory;
  };
  using Conditions = llvm::SmallVector<Condition, 4>;

  /// Whether there are conditions under which `value` is never `bad`; adds them.
  bool exclude(llvm::Value& value, bool bad, const llvm::Instruction& at, Conditions& to) {
    using namespace llvm::PatternMatch;
    llvm::Value* one;
    llvm::Value* other;
    if (bad ? match(&value, m_LogicalOr(m_Value(one), m_Value(other)))
            : match(&value, m_LogicalAnd(m_Value(one), m_Value(other))))
      return exclude(*one, bad, at, to) && exclude(*other, bad, at, to);
    const llvm::APInt* more;
    if (bad && match(&value, m_ExtractValue<1>(m_Intrinsic<llvm::Intrinsic::uadd_with_overflow>(
                                 m_Value(one), m_APInt(more)))))
      return more->isNonNegative() && require(evolution_.getSCEV(one), 0, nullptr, at, to);
    const auto* const compared = llvm::dyn_cast<llvm::ICmpInst>(&value);
    if (compared == nullptr || !compared->getOperand(0)->getType()->isIntegerTy(64)) return false;
    llvm::CmpInst::Predicate predicate =
        bad ? compared->getPredicate() : compared->getInversePredicate();
    const llvm::SCEV* greater = evolution_.getSCEV(compared->getOperand(0));
    const llvm::SCEV* less = evolution_.getSCEV(compared->getOperand(1));
    if (llvm::ICmpInst::isLT(predicate) || llvm::ICmpInst::isLE(predicate)) {
      std::swap(greater, less);
      predicate = llvm::CmpInst::getSwappedPredicate(predicate);
    }
    if (predicate != llvm::CmpInst::ICMP_UGT && predicate != llvm::CmpInst::ICMP_UGE) return false;
    return require(greater, predicate == llvm::CmpInst::ICMP_UGE ? 1 : 0, less, at, to);
  }

  /// Requires `number + width <= limit`; `limit` is null for any that is beyond all memories.
  bool require(const llvm::SCEV* number, int64_t width, const llvm::SCEV* limit,
               const llvm::Instruction& at, Conditions& to) {
    uint32_t memory = kNoMemory;
    if (limit != nullptr && !read_limit(limit, width, memory)) return false;
    std::optional<AddressRange> range = find_range(evolution_, root_, starts_, number);
    if (!range || !steps_around(*range, at)) return false;
    to.push_back({std::move(*range), width, memory});
    return true;
  }

  /// A limit is a memory's size and a constant, or a constant beyond all sizes.
  bool read_limit(const llvm::SCEV* limit, int64_t& width, uint32_t& memory) {
    if (const auto* const known = llvm::dyn_cast<llvm::SCEVConstant>(limit))
      return known->getAPInt().isNegative();
    if (const auto* const sum = llvm::dyn_cast<llvm::SCEVAddExpr>(limit)) {
      const auto* const constant = llvm::dyn_cast<llvm::SCEVConstant>(sum->getOperand(0));
      if (constant == nullptr || sum->getNumOperands() != 2 ||
          constant->getAPInt().getSignificantBits() > 32)
        return false;
      width -= constant->getAPInt().getSExtValue();
      limit = sum->getOperand(1);
    }
    const auto* const unknown = llvm::dyn_cast<llvm::SCEVUnknown>(limit);
    if (unknown == nullptr) return false;
    const std::optional<ExtentField> field = extent_field(unknown->getValue(), vm_, wasm_);
    if (!field || !field->is_size || wasm_.memories[field->memory].limits.shared) return false;
    memory = field->memory;
    return true;
  }

  bool is_worth_it() {
    if (!root_.isInnermost()) return true;
    const unsigned most = evolution_.getSmallConstantMaxTripCount(&root_);
    if (most != 0 && most < kFewIterations && most * accesses_.size() < kFewAccesses) return false;
    if (goes_anywhere() && checks_.empty()) return false;
    return std::ranges::any_of(
        accesses_, [](const Access& access) { return llvm::isa<llvm::LoadInst>(access.at); });
  }

  /// Whether it is a loop on its own whose places lie as far apart as is known only in front of it.
  /// Vectors of them would have to be put together; what may go is checks.
  bool goes_anywhere() const {
    return root_.isInnermost() && std::ranges::any_of(accesses_, [](const Access& access) {
             return access.range.has_factor();
           });
  }

  /// Rows of one array, each as long as is known only in front of the nest: where a loop goes
  /// from one to the next, those behind each other overlap, which the test would find each time. A
  /// loop inside may tell them apart; where it has but one of them, it need not.
  bool may_be_apart() {
    for (const Access& store : accesses_) {
      const llvm::Loop* const loop = loops_.getLoopFor(store.at->getParent());
      if (!llvm::isa<llvm::StoreInst>(store.at) || loop == &root_ || !loop->isInnermost()) continue;
      for (const Access& other : accesses_)
        if (loop->contains(other.at) && are_rows(store, other)) return false;
    }
    return true;
  }

  bool are_rows(const Access& one, const Access& other) {
    if (one.memory != other.memory || one.group == other.group) return false;
    const auto [known, is_new] = rows_.try_emplace(std::minmax(one.group, other.group), false);
    if (is_new)
      known->second = (one.range.has_factor() || other.range.has_factor()) &&
                      !one.range.begins_like(other.range) &&
                      are_of_one_array(evolution_, one.range, other.range);
    return known->second;
  }

  /// Whether what goes from one iteration to the next keeps a loop on its own from becoming
  /// vectors: a number that is neither counted nor summed up nor passed on.
  bool may_be_vectors() {
    return !root_.isInnermost() || llvm::all_of(root_.getHeader()->phis(), [&](llvm::PHINode& phi) {
      if (!phi.getType()->isIntegerTy() ||
          llvm::isa<llvm::SCEVAddRecExpr>(evolution_.getSCEV(&phi)))
        return true;
      llvm::RecurrenceDescriptor sum;
      return llvm::RecurrenceDescriptor::isReductionPHI(&phi, &root_, sum) ||
             llvm::RecurrenceDescriptor::isFixedOrderRecurrence(&phi, &root_, &dominators_);
    });
  }

  bool can_expand() {
    const llvm::Instruction& at = *root_.getLoopPreheader()->getTerminator();
    const llvm::SCEVExpander expander(evolution_, "nest");
    return std::ranges::all_of(
               counts_,
               [&](const auto& count) { return expander.isSafeToExpandAt(count.second, &at); }) &&
           std::ranges::all_of(assumed_,
                               [&](const llvm::SCEVComparePredicate* one) {
                                 return expander.isSafeToExpandAt(one->getLHS(), &at) &&
                                        expander.isSafeToExpandAt(one->getRHS(), &at);
                               }) &&
           std::ranges::all_of(groups_, [&](const Group& group) {
             return RangeChecker::can_expand(evolution_, at, group.range);
           });
  }

  // The test.

  void find_hulls() {
    for (Access& access : accesses_) {
      if (!loops_.getLoopFor(access.at->getParent())->isInnermost()) continue;
      auto* found = std::ranges::find_if(hulls_, [&](const Hull& hull) {
        return first_of(hull).memory == access.memory &&
               (first_of(hull).range.begins_like(access.range) || are_rows(first_of(hull), access));
      });
      if (found == hulls_.end()) {
        hulls_.emplace_back();
        found = &hulls_.back();
        found->first = static_cast<size_t>(&access - accesses_.begin());
      }
      access.hull = static_cast<size_t>(found - hulls_.begin());
      if (!llvm::is_contained(found->groups, access.group)) found->groups.push_back(access.group);
      found->has_store = found->has_store || llvm::isa<llvm::StoreInst>(access.at);
    }
    are_apart_ = hulls_.size() <= kMostHulls && !goes_anywhere();
    for (size_t i = 0; i < hulls_.size(); ++i) find_places(i);
  }

  const Access& first_of(const Hull& hull) const { return accesses_[hull.first]; }

  /// Arrays at addresses that the code knows are apart without a test, if it knows their sizes.
  void find_places(size_t hull) {
    struct Found {
      FixedRange range;
      Access* access;
    };
    llvm::SmallVector<Found, 8> found;
    llvm::SmallVector<Place, 4>& places = hulls_[hull].places;
    bool is_fixed = true;
    for (Access& access : accesses_) {
      if (access.hull != hull) continue;
      const std::optional<FixedRange> range = fixed_range(access.range, counts_);
      is_fixed = is_fixed && range;
      found.push_back({range.value_or(FixedRange{}), &access});
      found.back().range.high += access.width;
    }
    std::ranges::sort(found, {}, [](const Found& one) { return one.range.low; });
    for (const auto& [range, access] : found) {
      if (places.empty() ||
          (is_fixed && range.low >= places.back().end && places.size() < kMostPlaces))
        places.push_back({range.low, range.high});
      places.back().end = std::max(places.back().end, range.high);
      places.back().has_store = places.back().has_store || llvm::isa<llvm::StoreInst>(access->at);
      access->place = places.size() - 1;
    }
  }

  void make_test(RangeChecker& checker) {
    llvm::IRBuilder<>& ir = checker.ir();
    for (const llvm::SCEVComparePredicate* one : assumed_)
      checker.require_equal(one->getLHS(), one->getRHS());
    llvm::SmallVector<RangeChecker::Bounds, 8> bounds;
    for (const Group& group : groups_) {
      const bool is_any = group.memory == kNoMemory;
      bounds.push_back(
          checker.bounds(group.range, !is_any && !wasm_.memories[group.memory].limits.is64));
      if (!is_any)
        checker.require(ir.CreateICmpSLE(bounds.back().end, extent(ir, group.memory).size));
    }
    for (const Access& access : accesses_) (void)extent(ir, access.memory);
    if (!are_apart_) return;
    for (Hull& hull : hulls_)
      for (size_t i : hull.groups) {
        const auto [low, end] = bounds[i];
        hull.low = hull.low == nullptr
                       ? low
                       : ir.CreateBinaryIntrinsic(llvm::Intrinsic::smin, hull.low, low);
        hull.end = hull.end == nullptr
                       ? end
                       : ir.CreateBinaryIntrinsic(llvm::Intrinsic::smax, hull.end, end);
      }
    for (size_t i = 0; i < hulls_.size(); ++i)
      for (size_t j = i + 1; j < hulls_.size(); ++j)
        if (hulls_[i].has_store || hulls_[j].has_store)
          require_apart(checker, hulls_[i], hulls_[j]);
  }

  void require_apart(RangeChecker& checker, const Hull& one, const Hull& other) {
    llvm::IRBuilder<>& ir = checker.ir();
    const uint32_t memory = groups_[one.groups[0]].memory;
    const uint32_t other_memory = groups_[other.groups[0]].memory;
    // Two imports may be one memory.
    checker.require(memory != other_memory
                        ? ir.CreateICmpNE(extent(ir, memory).base, extent(ir, other_memory).base)
                        : ir.CreateOr(ir.CreateICmpSLE(one.end, other.low),
                                      ir.CreateICmpSLE(other.end, one.low)));
  }

  /// Of a memory, read before the nest: nothing in it changes them.
  Extent extent(llvm::IRBuilder<>& ir, uint32_t memory) {
    for (const auto& [known, made] : extents_)
      if (known == memory) return made;
    extents_.push_back({memory, load_extent(ir, vm_, memory)});
    return extents_.back().second;
  }

  // The copies. The nest that was there becomes the fast one, so that what is known of its loops
  // stays.

  void copy(llvm::BasicBlock* before, llvm::Value* holds) {
    llvm::SmallVector<llvm::BasicBlock*, 8> exits;
    root_.getUniqueExitBlocks(exits);
    llvm::BasicBlock* const fast =
        llvm::SplitBlock(before, before->getTerminator(), &dominators_, &loops_);
    llvm::ValueToValueMapTy map;
    llvm::SmallVector<llvm::BasicBlock*, 16> blocks;
    llvm::Loop* const exact = llvm::cloneLoopWithPreheader(fast, before, &root_, map, ".exact",
                                                           &loops_, &dominators_, blocks);
    llvm::remapInstructionsInBlocks(blocks, map);
    for (llvm::BasicBlock* exit : exits)
      for (llvm::PHINode& value : exit->phis())
        for (unsigned i = 0, count = value.getNumIncomingValues(); i < count; ++i) {
          llvm::BasicBlock* const from = value.getIncomingBlock(i);
          if (!root_.contains(from)) continue;
          llvm::Value* const known = value.getIncomingValue(i);
          const auto copied = map.find(known);
          value.addIncoming(copied == map.end() ? known : static_cast<llvm::Value*>(copied->second),
                            llvm::cast<llvm::BasicBlock>(map[from]));
        }
    for (llvm::BasicBlock* exit : exits)
      for (llvm::PHINode& value : exit->phis())
        evolution_.forgetLcssaPhiWithNewPredecessor(&root_, &value);
    llvm::Instruction* const jump = before->getTerminator();
    llvm::IRBuilder<> ir(jump);
    ir.CreateCondBr(holds, fast, exact->getLoopPreheader(),
                    llvm::MDBuilder(function_.getContext()).createBranchWeights(16, 1));
    jump->eraseFromParent();
    dominate_exits(before);
    for (llvm::Loop* loop : exact->getLoopsInPreorder()) {
      llvm::addStringMetadataToLoop(loop, "llvm.loop.unroll.disable");
      llvm::addStringMetadataToLoop(loop, "llvm.loop.vectorize.enable", 0);
    }
    llvm::formDedicatedExitBlocks(&root_, &dominators_, &loops_, nullptr, true);
    llvm::formDedicatedExitBlocks(exact, &dominators_, &loops_, nullptr, true);
    fence_exits();
  }

  /// What only the nest led to is now behind the test.
  void dominate_exits(llvm::BasicBlock* before) {
    llvm::SmallVector<llvm::DomTreeNode*, 8> behind;
    for (llvm::BasicBlock* block : root_.blocks())
      for (llvm::DomTreeNode* node : *dominators_.getNode(block))
        if (!root_.contains(node->getBlock())) behind.push_back(node);
    for (llvm::DomTreeNode* node : behind)
      dominators_.changeImmediateDominator(node, dominators_.getNode(before));
  }

  /// What traps later sees everything that the fast copy has stored: LLVM must not delete such a
  /// store for one that comes after a volatile access, nor move it there. It also keeps two runs of
  /// the nest apart, of which each has scopes of its own.
  void fence_exits() {
    llvm::SmallVector<llvm::BasicBlock*, 8> exits;
    root_.getUniqueExitBlocks(exits);
    for (llvm::BasicBlock* exit : exits)
      llvm::IRBuilder<>(exit, exit->getFirstInsertionPt())
          .CreateFence(llvm::AtomicOrdering::SequentiallyConsistent, llvm::SyncScope::SingleThread);
  }

  /// No check fails where the test holds: the loops of the fast copy have their own ends only.
  void remove_checks() {
    if (checks_.empty()) return;
    llvm::DomTreeUpdater updater(dominators_, llvm::DomTreeUpdater::UpdateStrategy::Eager);
    llvm::SmallVector<llvm::BasicBlock*, 8> exits;
    root_.getUniqueExitBlocks(exits);
    for (const Check& check : checks_) {
      check.branch->setCondition(llvm::ConstantInt::getBool(function_.getContext(), !check.is_bad));
      (void)llvm::ConstantFoldTerminator(check.branch->getParent(), false, nullptr, &updater);
    }
    for (llvm::BasicBlock* exit : exits) {
      if (!llvm::pred_empty(exit)) continue;
      loops_.removeBlock(exit);
      llvm::DeleteDeadBlock(exit, &updater);
    }
    const llvm::SmallVector<llvm::BasicBlock*, 16> blocks(root_.getBlocks());
    for (llvm::BasicBlock* block : blocks)
      (void)llvm::MergeBlockIntoPredecessor(block, &updater, &loops_);
    evolution_.forgetTopmostLoop(&root_);
    evolution_.forgetBlockAndLoopDispositions();
  }

  void relax() {
    llvm::LLVMContext& context = function_.getContext();
    make_scopes(context);
    for (llvm::Loop* loop : root_.getLoopsInPreorder())
      if (loop->isInnermost()) roll(*loop);
    for (const auto& [loop, count] : assumed_counts_)
      if (!llvm::is_contained(rolled_, loop)) count_assumed(*loop, count);
    llvm::SCEVExpander expander(evolution_, "nest");
    llvm::SmallSetVector<llvm::Value*, 2> bases;
    for (const Access& access : accesses_) {
      llvm::Instruction& at = *access.at;
      llvm::Value* const offset = expander.expandCodeFor(
          widen(evolution_, access.range), llvm::Type::getInt64Ty(context), at.getIterator());
      llvm::IRBuilder<> ir(&at);
      llvm::Value* const base =
          root_.isLoopInvariant(access.base) ? access.base : extent(ir, access.memory).base;
      bases.insert(base);
      llvm::Value* const address =
          ir.CreateGEP(ir.getInt8Ty(), base, offset, "",
                       llvm::GEPNoWrapFlags::inBounds() | llvm::GEPNoWrapFlags::noUnsignedWrap());
      if (auto* const load = llvm::dyn_cast<llvm::LoadInst>(&at)) {
        load->setVolatile(false);
        load->setOperand(load->getPointerOperandIndex(), address);
      } else {
        auto& store = llvm::cast<llvm::StoreInst>(at);
        store.setVolatile(false);
        store.setOperand(store.getPointerOperandIndex(), address);
      }
      set_scopes(access);
    }
    llvm::IRBuilder<> before(root_.getLoopPreheader()->getTerminator());
    for (llvm::Value* base : bases)
      assumptions_.registerAssumption(llvm::cast<llvm::AssumeInst>(
          before.CreateAlignmentAssumption(function_.getDataLayout(), base, kBaseAlignment)));
    for (const Access& access : accesses_) sink(*access.at);
    for (llvm::Instruction* other : others_)
      other->setMetadata(llvm::LLVMContext::MD_alias_scope,
                         llvm::MDNode::get(context, {others_scope_}));
    for (llvm::Loop* loop : root_.getLoopsInPreorder())
      if (loop->isInnermost() && is_unrolled(*loop))
        llvm::addStringMetadataToLoop(loop, "llvm.loop.vectorize.enable", 0);
  }

  /// Operands come in their order on the stack, and what is added to is loaded before what is added
  /// is computed. A load goes to where it is used, as in code from C: it takes a register for less
  /// long, and what streams through caches is a tenth faster if the place that is stored to is
  /// loaded last.
  static void sink(llvm::Instruction& load) {
    if (!llvm::isa<llvm::LoadInst>(load)) return;
    for (llvm::Instruction* at = load.getNextNode();
         at != nullptr && !at->isTerminator() && !at->mayWriteToMemory(); at = at->getNextNode())
      if (llvm::is_contained(at->operand_values(), &load)) {
        load.moveBefore(at->getIterator());
        return;
      }
  }

  /// The loop's own end says how often it runs only where the test holds.
  void count_assumed(llvm::Loop& loop, const llvm::SCEV* count) {
    set_iterations(loop, count, 1, evolution_);
    evolution_.forgetLoop(&loop);
  }

  void roll(llvm::Loop& loop) {
    const auto is_of_loop = [&](const auto& count) { return count.first == &loop; };
    const auto* const known = std::ranges::find_if(counts_, is_of_loop);
    if (known->second != evolution_.getBackedgeTakenCount(&loop) &&
        std::ranges::none_of(assumed_counts_, is_of_loop))
      return; // no exact one
    llvm::SmallVector<RolledAccess, 8> accesses;
    for (Access& access : accesses_)
      if (loop.contains(access.at)) accesses.push_back({access.at, access.group, &access.range});
    const auto gone = reroll(loop, known->second, evolution_, accesses,
                             [&](const llvm::Instruction* one, const llvm::Instruction* other) {
                               const auto find = [&](const llvm::Instruction* at) -> const Access& {
                                 return *std::ranges::find_if(accesses_, [&](const Access& access) {
                                   return access.at == at;
                                 });
                               };
                               return are_told_apart(find(one), find(other));
                             });
    if (!gone.empty()) rolled_.push_back(&loop);
    llvm::erase_if(accesses_,
                   [&](const Access& access) { return llvm::is_contained(gone, access.at); });
  }

  /// Whether the test says that two accesses, of which one stores, have no byte in common, or the
  /// addresses do.
  bool are_told_apart(const Access& one, const Access& other) const {
    return one.hull == other.hull ? one.place != other.place : are_apart_;
  }

  /// Whether an iteration stores all that lies between its first place and the next iteration's, by
  /// several stores: whoever made the module has unrolled the loop. Vectors of adjacent stores fit
  /// it, which the next vectoriser makes; those of iterations would have to be shuffled.
  bool is_unrolled(const llvm::Loop& loop) const {
    for (size_t group = 0; group < groups_.size(); ++group) {
      int64_t count = 0;
      int64_t bytes = 0;
      int64_t stride = 0;
      for (const Access& access : accesses_) {
        if (access.group != group || !llvm::isa<llvm::StoreInst>(access.at) ||
            !loop.contains(access.at))
          continue;
        ++count;
        bytes += access.width;
      }
      for (const AddressPart& part : groups_[group].range.range.parts)
        for (const Step& step : part.steps)
          if (step.loop == &loop && step.factor == nullptr) stride += step.stride;
      if (count > 1 && bytes >= kVectorBytes && bytes == std::abs(stride)) return true;
    }
    return false;
  }

  /// Nothing but accesses to memories touches memories.
  void make_scopes(llvm::LLVMContext& context) {
    llvm::MDBuilder metadata(context);
    llvm::MDNode* const domain = metadata.createAnonymousAliasScopeDomain("nest");
    others_scope_ = metadata.createAnonymousAliasScope(domain, "others");
    for (Hull& hull : hulls_)
      for (Place& place : hull.places)
        place.scope = metadata.createAnonymousAliasScope(domain, "place");
  }

  void set_scopes(const Access& access) {
    llvm::LLVMContext& context = function_.getContext();
    llvm::SmallVector<llvm::Metadata*, kMostHulls> apart{others_scope_};
    if (access.hull == kNoHull) {
      access.at->setMetadata(llvm::LLVMContext::MD_alias_scope, nullptr);
      access.at->setMetadata(llvm::LLVMContext::MD_noalias, llvm::MDNode::get(context, apart));
      return;
    }
    const Place& own = hulls_[access.hull].places[access.place];
    for (size_t i = 0; i < hulls_.size(); ++i) {
      const bool is_own = i == access.hull;
      // Of two hulls that only load, no test says that they are apart.
      if (!is_own && (!are_apart_ || !(hulls_[i].has_store || hulls_[access.hull].has_store)))
        continue;
      for (const Place& other : hulls_[i].places)
        if (&other != &own) apart.push_back(other.scope);
    }
    // The mark goes: what can't fault has no place in the image's tables.
    access.at->setMetadata(llvm::LLVMContext::MD_alias_scope,
                           llvm::MDNode::get(context, {own.scope}));
    access.at->setMetadata(llvm::LLVMContext::MD_noalias, llvm::MDNode::get(context, apart));
  }

  llvm::Loop& root_;
  const waxwing::Module& wasm_;
  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  llvm::ScalarEvolution& evolution_;
  llvm::AssumptionCache& assumptions_;
  llvm::Function& function_;
  llvm::Value* const vm_;

  llvm::SmallVector<llvm::Instruction*, 16> candidates_;
  /// Loads of something else than memories.
  llvm::SmallVector<llvm::Instruction*, 4> others_;
  Starts starts_;
  llvm::SmallVector<Access, 8> accesses_;
  llvm::SmallVector<Group, 8> groups_;
  llvm::SmallVector<Check, 4> checks_;
  llvm::SmallVector<Hull, 4> hulls_;
  /// By two groups, the lesser first: whether they are rows of one array.
  llvm::DenseMap<std::pair<size_t, size_t>, bool> rows_;
  llvm::SmallVector<std::pair<uint32_t, Extent>, 1> extents_;
  BackedgeCounts counts_;
  /// What the test assumes, and the exact counts that are right only then.
  llvm::SmallVector<const llvm::SCEVComparePredicate*, 2> assumed_;
  llvm::SmallVector<std::pair<llvm::Loop*, const llvm::SCEV*>, 2> assumed_counts_;
  llvm::SmallVector<llvm::Loop*, 2> rolled_;
  llvm::MDNode* others_scope_ = nullptr;
  /// Whether the test says that hulls do not overlap.
  bool are_apart_ = false;
};

enum class Changed : uint8_t { nothing, shape, code };

/// Outermost nests first.
Changed version_nests(llvm::Function& function, const waxwing::Module& wasm,
                      llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return Changed::nothing;
  auto& dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  auto& assumptions = analyses.getResult<llvm::AssumptionAnalysis>(function);
  // Copies join their parents' loops, and are not looked at again.
  llvm::SmallVector<llvm::Loop*, 8> open(loops.begin(), loops.end());
  Changed changed = Changed::nothing;
  for (llvm::Loop* loop : open)
    if (llvm::simplifyLoop(loop, &dominators, &loops, &evolution, &assumptions, nullptr, false))
      changed = Changed::shape;
  size_t count = 0;
  while (!open.empty() && count < kMostNests) {
    llvm::Loop* const loop = open.pop_back_val();
    Nest nest(*loop, wasm, loops, dominators, evolution, assumptions);
    if (nest.qualifies()) {
      llvm::formLCSSARecursively(*loop, dominators, &loops, &evolution);
      nest.version();
      ++count;
    } else {
      open.append(loop->begin(), loop->end());
    }
  }
  return count != 0 ? Changed::code : changed;
}

/// Makes the fast copies what the vectoriser knows.
llvm::FunctionPassManager cleaning() {
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::EarlyCSEPass(true));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()),
                                                       /*UseMemorySSA=*/true));
  passes.addPass(llvm::GVNPass());
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::IndVarSimplifyPass()));
  passes.addPass(llvm::InstCombinePass());
  return passes;
}

} // namespace

bool LoopVersioning::is_wanted(const Options& options) {
  return options.optimization >= 2 && !options.for_size && !options.meters && !options.polls &&
         options.info().pointer == kWideLayout.pointer;
}

llvm::PreservedAnalyses LoopVersioning::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager& analyses) {
  const Changed changed = version_nests(function, *wasm_, analyses);
  if (changed == Changed::nothing) return llvm::PreservedAnalyses::all();
  if (changed == Changed::shape) return llvm::PreservedAnalyses::none();
  analyses.invalidate(function, llvm::PreservedAnalyses::none());
  cleaning().run(function, analyses);
  return llvm::PreservedAnalyses::none();
}

} // namespace waxwing::compile
