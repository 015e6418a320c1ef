// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "platform/poll.hpp"
#include "wasi/descriptor.hpp"
#include "wasi/guest.hpp"

/// Moving bytes between descriptors and guest memory, piece by piece.
namespace waxwing::wasi {

/// How long anything waits before it looks whether the guest is to stop, in nanoseconds; where the
/// system can signal a thread, it looks at once.
inline constexpr uint64_t kWaitSlice = 20'000'000;

/// Waits until `descriptor` can be read (`platform::kPollRead`) or written. `again` where it must
/// not wait, `intr` where the guest is to stop.
[[nodiscard]] Status wait_until_ready(const Call& call, const Descriptor& descriptor,
                                      int16_t wanted);

/// How `once` of `wait_and_do` behaves in the system.
enum class Blocking : uint8_t {
  /// It may block, so that waiting comes first.
  possible,
  /// It ends with `again` rather than block.
  never,
};

[[nodiscard]] inline Blocking blocking_of(const Descriptor& descriptor) {
  return descriptor.owned || descriptor.is_file() ? Blocking::never : Blocking::possible;
}

/// Does `once`, which moves bytes or accepts a connection, until it does not end with `intr` or, on
/// a descriptor that waits, `again`.
template <class Once>
[[nodiscard]] auto wait_and_do(const Call& call, const Descriptor& descriptor, int16_t wanted,
                               Blocking blocking, Once once)
    -> Expected<std::remove_reference_t<decltype(*once())>> {
  const bool waits = (descriptor.flags.load(std::memory_order_relaxed) & fdflags::nonblock) == 0;
  // Nobody interrupts: the system may as well wait in the operation.
  const bool stays = waits && call.interrupt == nullptr;
  bool wait_first = blocking == Blocking::possible && !stays;
  for (;;) {
    if (wait_first) TRY(wait_until_ready(call, descriptor, wanted));
    auto result = once();
    if (result) return std::move(*result);
    const platform::FileError error = result.error();
    if (call.interrupted()) return refuse(Errno::intr);
    if (error == platform::FileError::intr) continue;
    if (error != platform::FileError::again || !waits) return refuse(error);
    wait_first = true;
  }
}

/// More pieces of memory in one call are refused: even empty ones are looked at one by one. POSIX
/// promises 16 and C libraries for WASI say 1,024.
inline constexpr uint32_t kMaxVectors = 65'536;

[[nodiscard]] inline Status check_vectors(const Call& call, Array<IoVec> vectors) {
  TRY(call.memory.check(vectors));
  if (vectors.count > kMaxVectors) return refuse(Errno::inval);
  return {};
}

/// A place in a guest's array of pieces of memory, from which the next few are made ready.
class Gather {
 public:
  Gather(const GuestMemory& memory, Array<IoVec> vectors) : memory_(memory), vectors_(vectors) {}

  /// Takes what follows, `limit` bytes at most. Pieces outside of memory are `fault`.
  [[nodiscard]] Status next(size_t limit) {
    count_ = 0;
    size_ = 0;
    while (index_ < vectors_.count && count_ < platform::kMaxIoBuffers && size_ < limit) {
      const IoVec vector = TRY(memory_.read(vectors_, index_));
      uint32_t length = vector.length - skip_;
      const bool whole = length <= limit - size_;
      if (!whole) length = static_cast<uint32_t>(limit - size_);
      if (length != 0) {
        uint8_t* data = TRY(memory_.bytes(uint64_t{vector.address} + skip_, length));
        buffers_[count_++] = {.data = data, .size = length};
        size_ += length;
      }
      skip_ = whole ? 0 : skip_ + length;
      if (whole) ++index_;
    }
    return {};
  }

  [[nodiscard]] std::span<const platform::IoBuffer> buffers() const { return {buffers_, count_}; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool at_end() const { return index_ == vectors_.count; }

 private:
  const GuestMemory& memory_;
  Array<IoVec> vectors_;
  uint32_t index_ = 0;
  /// Bytes of the vector at `index_` that were taken before.
  uint32_t skip_ = 0;
  size_t count_ = 0;
  size_t size_ = 0;
  platform::IoBuffer buffers_[platform::kMaxIoBuffers];
};

enum class Amount : uint8_t {
  /// Whatever the first call moves.
  once,
  /// Everything, unless a call moves less than it could.
  all,
};

/// Moves the guest's pieces by `move(buffers, offset)`, where `offset` counts the bytes moved
/// before, and returns how many there were. An error after the first bytes is for the next call.
template <class Move>
[[nodiscard]] Expected<uint32_t> transfer(const Call& call, Array<IoVec> vectors, Amount amount,
                                          size_t limit, Move move) {
  Gather gather(call.memory, vectors);
  uint32_t total = 0;
  do {
    const size_t left = UINT32_MAX - total;
    const Status taken = gather.next(left < limit ? left : limit);
    const Expected<size_t> moved =
        taken ? move(gather.buffers(), uint64_t{total}) : Expected<size_t>(refuse(taken.error()));
    if (!moved) {
      if (total != 0) break;
      return refuse(moved.error());
    }
    total += static_cast<uint32_t>(*moved);
    if (*moved < gather.size()) break;
  } while (amount == Amount::all && !gather.at_end() && total != UINT32_MAX && !call.interrupted());
  return total;
}

} // namespace waxwing::wasi
