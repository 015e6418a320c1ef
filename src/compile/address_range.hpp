// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What addresses of a loop nest are made of, and code that finds their bounds before the nest runs.
#pragma once

#include <cstdint>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>
#include <optional>

namespace llvm {
class Loop;
} // namespace llvm

namespace waxwing::compile {

/// `stride` times the number of the iteration of `loop`, from 0 on, times `factor` as an unsigned
/// number.
struct Step {
  const llvm::Loop* loop;
  int64_t stride;
  /// Does not change in the nest, and is as wide as the part. Null: 1.
  const llvm::SCEV* factor = nullptr;
  friend bool operator==(const Step&, const Step&) = default;
};

/// A part of a sum: `start + steps + something in [0, slack]`, and a constant that the range has. A
/// narrow part was computed with 32 bits: it is what the sum says only where that lies in
/// [0, 2^32).
struct AddressPart {
  /// Does not change in the nest; of 32 bits if the part is narrow, else of 64. Null: 0.
  const llvm::SCEV* start = nullptr;
  llvm::SmallVector<Step, 3> steps;
  /// Each changes in unknown ways within a known range that begins with 0.
  llvm::SmallVector<const llvm::SCEV*, 1> bounded;
  uint64_t slack = 0;
  bool is_narrow = false;
  friend bool operator==(const AddressPart&, const AddressPart&) = default;
};

/// An unsigned number of 64 bits as a sum: each part with its constant, and `constant`.
struct AddressRange {
  llvm::SmallVector<AddressPart, 1> parts;
  llvm::SmallVector<int64_t, 1> constants;
  int64_t constant = 0;

  /// Whether the two differ by constants.
  [[nodiscard]] bool is_like(const AddressRange& other) const { return parts == other.parts; }
  /// Whether they begin at places a constant apart.
  [[nodiscard]] bool begins_like(const AddressRange& other) const;
  [[nodiscard]] int64_t total() const;
  /// Whether a step has a factor.
  [[nodiscard]] bool has_factor() const;
};

/// Starts of parts that step in loops around the nest, of which no two differ by a constant.
using Starts = llvm::SmallVector<const llvm::SCEV*, 4>;

/// Takes `number`, of 64 bits, apart; nothing if it isn't affine in the loops of `nest`, up to
/// parts of small range. Every constant that results is less than 2^41 either way. `starts` are
/// those of the nest's other ranges, and grow.
[[nodiscard]] std::optional<AddressRange> find_range(llvm::ScalarEvolution& evolution,
                                                     const llvm::Loop& nest, Starts& starts,
                                                     const llvm::SCEV* number);

/// Whether the starts of the two differ by something that is made of factors alone: places of one
/// array, whose rows are as long as is known only where the nest runs.
[[nodiscard]] bool are_of_one_array(llvm::ScalarEvolution& evolution, const AddressRange& one,
                                    const AddressRange& other);

/// How often each backedge of a nest is taken at most: invariant numbers by loop.
using BackedgeCounts = llvm::SmallVector<std::pair<const llvm::Loop*, const llvm::SCEV*>, 4>;

/// How far a number is from the sum of its starts: at least and at most, in bytes. Nothing where
/// that is known only when the nest runs.
struct FixedRange {
  int64_t low;
  int64_t high;
};
[[nodiscard]] std::optional<FixedRange> fixed_range(const AddressRange& range,
                                                    const BackedgeCounts& counts);

/// Numbers of one range but for constants, between whose least and greatest all others lie.
struct RangeGroup {
  AddressRange range;
  /// By part.
  llvm::SmallVector<int64_t, 1> least_constants;
  llvm::SmallVector<int64_t, 1> greatest_constants;
  int64_t least_total = 0;
  /// With the bytes that an access takes.
  int64_t greatest_end = 0;
  /// The least that `constant` and the bytes of the access add.
  int64_t least_margin = 0;

  explicit RangeGroup(const AddressRange& first, int64_t width);
  void add(const AddressRange& other, int64_t width);
};

/// Makes, in front of a nest, what must hold for a `RangeGroup` to be what it says.
class RangeChecker {
 public:
  /// Code goes before `at`.
  RangeChecker(llvm::ScalarEvolution& evolution, llvm::Instruction& at,
               const BackedgeCounts& counts);

  struct Bounds {
    llvm::Value* low;
    llvm::Value* end;
  };
  /// The smallest number and the end of the greatest, of 64 bits, as signed numbers. They are right
  /// if `holds()` is. `limit` is at most 2^32 if `limit_is_narrow`, and the caller requires that
  /// the end is no greater.
  [[nodiscard]] Bounds bounds(const RangeGroup& group, bool limit_is_narrow);
  void require(llvm::Value* condition);
  void require_equal(const llvm::SCEV* one, const llvm::SCEV* other);
  [[nodiscard]] llvm::Value* holds() const { return holds_; }
  [[nodiscard]] llvm::IRBuilder<>& ir() { return ir_; }

  /// Whether all that `group` and the counts are made of can be computed before `at`.
  [[nodiscard]] static bool can_expand(llvm::ScalarEvolution& evolution,
                                       const llvm::Instruction& at, const RangeGroup& group);

 private:
  [[nodiscard]] llvm::Value* expand(const llvm::SCEV* number);
  [[nodiscard]] llvm::Value* distance(const Step& step);
  [[nodiscard]] llvm::Value* stride(const Step& step);

  llvm::ScalarEvolution& evolution_;
  llvm::SCEVExpander expander_;
  llvm::Instruction& at_;
  const BackedgeCounts& counts_;
  llvm::IRBuilder<> ir_;
  llvm::Value* holds_ = nullptr;
  llvm::SmallVector<std::pair<Step, llvm::Value*>, 4> distances_;
  llvm::SmallVector<const llvm::SCEV*, 4> ranged_;
};

/// The number as an expression of 64 bits in which nothing wraps, for where `RangeChecker` holds.
[[nodiscard]] const llvm::SCEV* widen(llvm::ScalarEvolution& evolution, const AddressRange& range);

} // namespace waxwing::compile
