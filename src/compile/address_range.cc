// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All sums here are of at most a few numbers below 2^62, 2^41 or 2^40: in 64 bits none overflows.
#include "compile/address_range.hpp"

#include <algorithm>
#include <cstdlib>
#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Support/Casting.h>

namespace waxwing::compile {

namespace {

using llvm::SCEV;

/// What the steps of a loop may add up to.
constexpr uint64_t kMostDistance = uint64_t{1} << 40;
/// What a part that isn't known may be.
constexpr uint64_t kMostSlack = uint64_t{1} << 28;
constexpr int64_t kMostConstant = int64_t{1} << 40;
/// Addresses of 64 bits begin below it.
constexpr uint64_t kMostStart = uint64_t{1} << 62;
/// What is multiplied with a factor, the product of the two, and how often a loop adds it.
constexpr int64_t kMostMultiple = int64_t{1} << 16;
constexpr uint64_t kMostStride = uint64_t{1} << 31;
constexpr uint64_t kMostTimes = uint64_t{1} << 32;
constexpr size_t kMostParts = 4;
constexpr size_t kMostTerms = 8;

class Finder {
 public:
  Finder(llvm::ScalarEvolution& evolution, const llvm::Loop& nest, Starts& starts, AddressRange& to)
      : evolution_(evolution), nest_(nest), starts_(starts), to_(to) {}

  bool run(const SCEV* number) {
    AddressPart wide;
    int64_t constant = 0;
    if (!add(number, wide, constant)) return false;
    if (wide.start != nullptr || !wide.steps.empty() || !wide.bounded.empty()) {
      int64_t own = 0;
      share_start(wide, own);
      to_.parts.push_back(std::move(wide));
      to_.constants.push_back(own);
    }
    to_.constant = constant;
    return to_.parts.size() <= kMostParts;
  }

 private:
  /// Adds `number` to a part, whose width it has.
  bool add(const SCEV* number, AddressPart& part, int64_t& constant) {
    if (const auto* const known = llvm::dyn_cast<llvm::SCEVConstant>(number)) {
      if (known->getAPInt().getSignificantBits() > 41) return false;
      constant += known->getAPInt().getSExtValue();
      return constant <= kMostConstant && constant >= -kMostConstant;
    }
    if (const auto* const sum = llvm::dyn_cast<llvm::SCEVAddExpr>(number))
      return std::ranges::all_of(sum->operands(),
                                 [&](const SCEV* one) { return add(one, part, constant); });
    if (const auto* const zext = llvm::dyn_cast<llvm::SCEVZeroExtendExpr>(number);
        zext != nullptr && !part.is_narrow && zext->getOperand()->getType()->isIntegerTy(32))
      return add_extended(*zext, part, constant);
    if (evolution_.isLoopInvariant(number, &nest_)) {
      part.start = part.start == nullptr ? number : evolution_.getAddExpr(part.start, number);
      return true;
    }
    if (const auto* const steps = llvm::dyn_cast<llvm::SCEVAddRecExpr>(number);
        steps != nullptr && steps->isAffine() && nest_.contains(steps->getLoop()))
      if (add_steps(part, *steps->getLoop(), steps->getStepRecurrence(evolution_)))
        return part.steps.size() <= kMostTerms && add(steps->getStart(), part, constant);
    const uint64_t most = evolution_.getUnsignedRangeMax(number).getLimitedValue();
    if (most >= kMostSlack || part.bounded.size() == kMostTerms) return false;
    part.bounded.push_back(number);
    part.slack += most;
    return true;
  }

  /// A number of 32 bits that is known to step without wrapping is one of 64 bits that does. (That
  /// may have become known later than what it was extended to.)
  bool add_extended(const llvm::SCEVZeroExtendExpr& number, AddressPart& part, int64_t& constant) {
    if (const auto* const steps = llvm::dyn_cast<llvm::SCEVAddRecExpr>(number.getOperand());
        steps != nullptr && steps->isAffine() && steps->hasNoUnsignedWrap())
      if (const auto* const stride =
              llvm::dyn_cast<llvm::SCEVConstant>(steps->getStepRecurrence(evolution_));
          stride != nullptr && !stride->getAPInt().isNegative())
        return add(evolution_.getAddRecExpr(
                       evolution_.getZeroExtendExpr(steps->getStart(), number.getType()),
                       evolution_.getZeroExtendExpr(stride, number.getType()), steps->getLoop(),
                       SCEV::FlagNUW),
                   part, constant);
    return add_narrow(number.getOperand());
  }

  /// Adds what `loop` adds at each iteration; leaves the part as it is if it can't.
  bool add_steps(AddressPart& part, const llvm::Loop& loop, const SCEV* number) {
    llvm::SmallVector<Step, 2> found;
    if (!find_steps(loop, number, found)) return false;
    for (const Step& step : found) add_step(part, step);
    return true;
  }

  bool find_steps(const llvm::Loop& loop, const SCEV* number, llvm::SmallVector<Step, 2>& to) {
    if (const auto* const known = llvm::dyn_cast<llvm::SCEVConstant>(number)) {
      if (known->getAPInt().getSignificantBits() > 41) return false;
      to.push_back({&loop, known->getAPInt().getSExtValue()});
      return true;
    }
    if (!evolution_.isLoopInvariant(number, &nest_)) return false;
    if (const auto* const sum = llvm::dyn_cast<llvm::SCEVAddExpr>(number))
      return std::ranges::all_of(sum->operands(),
                                 [&](const SCEV* one) { return find_steps(loop, one, to); });
    Step step{&loop, 1, number};
    if (const auto* const product = llvm::dyn_cast<llvm::SCEVMulExpr>(number))
      if (const auto* const known = llvm::dyn_cast<llvm::SCEVConstant>(product->getOperand(0))) {
        if (known->getAPInt().getSignificantBits() > 41) return false;
        step.stride = known->getAPInt().getSExtValue();
        llvm::SmallVector<const SCEV*, 4> others(llvm::drop_begin(product->operands()));
        step.factor = evolution_.getMulExpr(others);
      }
    if (std::abs(step.stride) > kMostMultiple) return false;
    to.push_back(step);
    return true;
  }

  static void add_step(AddressPart& part, const Step& step) {
    for (Step& known : part.steps)
      if (known.loop == step.loop && known.factor == step.factor) {
        known.stride += step.stride;
        return;
      }
    part.steps.push_back(step);
  }

  bool add_narrow(const SCEV* number) {
    AddressPart part;
    part.is_narrow = true;
    int64_t constant = 0;
    if (!add(number, part, constant)) return false;
    share_start(part, constant);
    to_.parts.push_back(std::move(part));
    to_.constants.push_back(constant);
    return true;
  }

  /// What steps in a loop around the nest has constants inside: where two such starts differ by no
  /// more, both are the first.
  void share_start(AddressPart& part, int64_t& constant) {
    if (part.start == nullptr || !has_steps(*part.start)) return;
    for (const SCEV* known : starts_) {
      if (known == part.start) return;
      if (known->getType() != part.start->getType()) continue;
      const auto* const apart =
          llvm::dyn_cast<llvm::SCEVConstant>(evolution_.getMinusSCEV(part.start, known));
      if (apart == nullptr || apart->getAPInt().getSignificantBits() > 32) continue;
      const int64_t sum = constant + apart->getAPInt().getSExtValue();
      if (sum > kMostConstant || sum < -kMostConstant) continue;
      part.start = known;
      constant = sum;
      return;
    }
    starts_.push_back(part.start);
  }

  static bool has_steps(const SCEV& number) {
    if (const auto* const sum = llvm::dyn_cast<llvm::SCEVAddExpr>(&number))
      return std::ranges::any_of(sum->operands(), llvm::IsaPred<llvm::SCEVAddRecExpr>);
    return llvm::isa<llvm::SCEVAddRecExpr>(number);
  }

  llvm::ScalarEvolution& evolution_;
  const llvm::Loop& nest_;
  Starts& starts_;
  AddressRange& to_;
};

} // namespace

bool AddressRange::begins_like(const AddressRange& other) const {
  // A part without a start is 0 there, and the same sum may be cut into other parts.
  const auto starts_of = [](const AddressRange& range) {
    llvm::SmallVector<std::pair<const SCEV*, bool>, kMostParts> starts;
    for (const AddressPart& part : range.parts)
      if (part.start != nullptr) starts.push_back({part.start, part.is_narrow});
    std::ranges::sort(starts);
    return starts;
  };
  return starts_of(*this) == starts_of(other);
}

bool AddressRange::has_factor() const {
  return std::ranges::any_of(parts, [](const AddressPart& part) {
    return std::ranges::any_of(part.steps, [](const Step& step) { return step.factor != nullptr; });
  });
}

int64_t AddressRange::total() const {
  int64_t sum = constant;
  for (int64_t one : constants) sum += one;
  return sum;
}

std::optional<AddressRange> find_range(llvm::ScalarEvolution& evolution, const llvm::Loop& nest,
                                       Starts& starts, const SCEV* number) {
  AddressRange found;
  if (!Finder(evolution, nest, starts, found).run(number)) return std::nullopt;
  return found;
}

bool are_of_one_array(llvm::ScalarEvolution& evolution, const AddressRange& one,
                      const AddressRange& other) {
  llvm::SmallPtrSet<const SCEV*, 8> known;
  const auto collect = [&](const SCEV* number) {
    if (llvm::isa<llvm::SCEVUnknown>(number)) known.insert(number);
    return false;
  };
  for (const AddressRange* range : {&one, &other})
    for (const AddressPart& part : range->parts)
      for (const Step& step : part.steps)
        if (step.factor != nullptr) (void)llvm::SCEVExprContains(step.factor, collect);
  const auto start = [](const AddressRange& range) {
    return range.parts.size() == 1 ? range.parts[0].start : nullptr;
  };
  if (start(one) == nullptr || start(other) == nullptr ||
      start(one)->getType() != start(other)->getType())
    return false;
  const SCEV* const apart = evolution.getMinusSCEV(start(one), start(other));
  return !llvm::SCEVExprContains(apart, [&](const SCEV* number) {
    return llvm::isa<llvm::SCEVUnknown>(number) && !known.contains(number);
  });
}

std::optional<FixedRange> fixed_range(const AddressRange& range, const BackedgeCounts& counts) {
  FixedRange found{range.total(), range.total()};
  for (const AddressPart& part : range.parts) {
    found.high += static_cast<int64_t>(part.slack);
    for (const Step& step : part.steps) {
      const auto* const count =
          llvm::dyn_cast<llvm::SCEVConstant>(std::ranges::find_if(counts, [&](const auto& one) {
                                               return one.first == step.loop;
                                             })->second);
      if (count == nullptr || step.factor != nullptr) return std::nullopt;
      const uint64_t times = count->getAPInt().getLimitedValue();
      const uint64_t stride = static_cast<uint64_t>(std::abs(step.stride));
      if (stride != 0 && times > kMostDistance / stride) return std::nullopt;
      const auto distance = static_cast<int64_t>(times * stride);
      (step.stride < 0 ? found.low : found.high) += step.stride < 0 ? -distance : distance;
    }
  }
  return found;
}

RangeGroup::RangeGroup(const AddressRange& first, int64_t width)
    : range(first), least_constants(first.constants), greatest_constants(first.constants),
      least_total(first.total()), greatest_end(first.total() + width),
      least_margin(first.constant + width) {}

void RangeGroup::add(const AddressRange& other, int64_t width) {
  for (size_t i = 0; i < least_constants.size(); ++i) {
    least_constants[i] = std::min(least_constants[i], other.constants[i]);
    greatest_constants[i] = std::max(greatest_constants[i], other.constants[i]);
  }
  least_total = std::min(least_total, other.total());
  greatest_end = std::max(greatest_end, other.total() + width);
  least_margin = std::min(least_margin, other.constant + width);
}

RangeChecker::RangeChecker(llvm::ScalarEvolution& evolution, llvm::Instruction& at,
                           const BackedgeCounts& counts)
    : evolution_(evolution), expander_(evolution, "nest"), at_(at), counts_(counts), ir_(&at) {
  ir_.SetCurrentDebugLocation({});
  holds_ = ir_.getTrue();
}

bool RangeChecker::can_expand(llvm::ScalarEvolution& evolution, const llvm::Instruction& at,
                              const RangeGroup& group) {
  const llvm::SCEVExpander expander(evolution, "nest");
  return std::ranges::all_of(group.range.parts, [&](const AddressPart& part) {
    return (part.start == nullptr || expander.isSafeToExpandAt(part.start, &at)) &&
           std::ranges::all_of(part.steps, [&](const Step& step) {
             return step.factor == nullptr || expander.isSafeToExpandAt(step.factor, &at);
           });
  });
}

void RangeChecker::require(llvm::Value* condition) { holds_ = ir_.CreateAnd(holds_, condition); }

void RangeChecker::require_equal(const SCEV* one, const SCEV* other) {
  llvm::Value* const value = expander_.expandCodeFor(one, one->getType(), at_.getIterator());
  require(
      ir_.CreateICmpEQ(value, expander_.expandCodeFor(other, other->getType(), at_.getIterator())));
}

llvm::Value* RangeChecker::expand(const SCEV* number) {
  return ir_.CreateZExt(expander_.expandCodeFor(number, number->getType(), at_.getIterator()),
                        ir_.getInt64Ty());
}

/// How far a step goes at each iteration, up or down.
llvm::Value* RangeChecker::stride(const Step& step) {
  const auto multiple = static_cast<uint64_t>(std::abs(step.stride));
  if (step.factor == nullptr) return ir_.getInt64(multiple);
  llvm::Value* const factor = expand(step.factor);
  const uint64_t greatest = evolution_.getUnsignedRangeMax(step.factor).getLimitedValue();
  if (greatest > UINT32_MAX) require(ir_.CreateICmpULE(factor, ir_.getInt64(kMostStride)));
  llvm::Value* const made = ir_.CreateMul(factor, ir_.getInt64(multiple));
  if (greatest > kMostStride / multiple)
    require(ir_.CreateICmpULE(made, ir_.getInt64(kMostStride)));
  return made;
}

/// The iterations of a loop times the stride of `step`, which are required to be no farther than
/// `kMostDistance`.
llvm::Value* RangeChecker::distance(const Step& step) {
  const Step wanted{step.loop, std::abs(step.stride), step.factor};
  for (const auto& [known, value] : distances_)
    if (known == wanted) return value;
  const auto* const found =
      std::ranges::find_if(counts_, [&](const auto& count) { return count.first == step.loop; });
  llvm::Value* const count = expand(found->second);
  const uint64_t times = evolution_.getUnsignedRangeMax(found->second).getLimitedValue();
  // Where the stride isn't known, the product can't wrap as neither of the two is great.
  const uint64_t most =
      step.factor != nullptr ? kMostTimes : kMostDistance / static_cast<uint64_t>(wanted.stride);
  if (times > most) require(ir_.CreateICmpULE(count, ir_.getInt64(most)));
  llvm::Value* const made = ir_.CreateMul(count, stride(step));
  if (step.factor != nullptr) require(ir_.CreateICmpULE(made, ir_.getInt64(kMostDistance)));
  distances_.push_back({wanted, made});
  return made;
}

RangeChecker::Bounds RangeChecker::bounds(const RangeGroup& group, bool limit_is_narrow) {
  llvm::Value* const zero = ir_.getInt64(0);
  llvm::Value* low = zero;
  llvm::Value* high = zero;
  bool low_may_be_negative = group.least_total < 0;
  for (size_t i = 0; i < group.range.parts.size(); ++i) {
    const AddressPart& part = group.range.parts[i];
    llvm::Value* least = zero;
    if (part.start != nullptr) {
      least = expand(part.start);
      if (!part.is_narrow &&
          evolution_.getUnsignedRangeMax(part.start).getLimitedValue() > kMostStart &&
          !llvm::is_contained(ranged_, part.start)) {
        require(ir_.CreateICmpULE(least, ir_.getInt64(kMostStart)));
        ranged_.push_back(part.start);
      }
    }
    llvm::Value* greatest = ir_.CreateAdd(least, ir_.getInt64(part.slack));
    bool may_be_negative = group.least_constants[i] < 0;
    for (const Step& step : part.steps) {
      if (step.stride == 0) continue;
      if (step.stride < 0) {
        least = ir_.CreateSub(least, distance(step));
        may_be_negative = true;
      } else {
        greatest = ir_.CreateAdd(greatest, distance(step));
      }
    }
    if (part.is_narrow && may_be_negative)
      require(ir_.CreateICmpSGE(
          ir_.CreateAdd(least, ir_.getInt64(static_cast<uint64_t>(group.least_constants[i]))),
          zero));
    // Where only more is added to it, that the end is no greater than 2^32 says it already.
    const bool is_implied =
        limit_is_narrow && group.range.parts.size() == 1 && group.least_margin >= 1;
    if (part.is_narrow && !is_implied)
      require(ir_.CreateICmpSLT(
          ir_.CreateAdd(greatest, ir_.getInt64(static_cast<uint64_t>(group.greatest_constants[i]))),
          ir_.getInt64(uint64_t{1} << 32)));
    low_may_be_negative = low_may_be_negative || may_be_negative;
    low = ir_.CreateAdd(low, least);
    high = ir_.CreateAdd(high, greatest);
  }
  low = ir_.CreateAdd(low, ir_.getInt64(static_cast<uint64_t>(group.least_total)));
  high = ir_.CreateAdd(high, ir_.getInt64(static_cast<uint64_t>(group.greatest_end)));
  if (low_may_be_negative) require(ir_.CreateICmpSGE(low, zero));
  return {low, high};
}

const SCEV* widen(llvm::ScalarEvolution& evolution, const AddressRange& range) {
  llvm::Type* const type = llvm::Type::getInt64Ty(evolution.getContext());
  const SCEV* sum =
      evolution.getConstant(type, static_cast<uint64_t>(range.total()), /*isSigned=*/true);
  for (const AddressPart& part : range.parts) {
    if (part.start != nullptr)
      sum = evolution.getAddExpr(sum, evolution.getNoopOrZeroExtend(part.start, type));
    for (const Step& step : part.steps) {
      if (step.stride == 0) continue;
      const SCEV* stride =
          evolution.getConstant(type, static_cast<uint64_t>(step.stride), /*isSigned=*/true);
      if (step.factor != nullptr)
        stride = evolution.getMulExpr(stride, evolution.getNoopOrZeroExtend(step.factor, type));
      sum = evolution.getAddExpr(
          sum, evolution.getAddRecExpr(evolution.getZero(type), stride, step.loop, SCEV::FlagNSW));
    }
    for (const SCEV* one : part.bounded)
      sum = evolution.getAddExpr(sum, evolution.getNoopOrZeroExtend(one, type));
  }
  return sum;
}

} // namespace waxwing::compile
