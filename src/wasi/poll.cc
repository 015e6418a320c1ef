// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/poll.hpp"

#include "platform/clock.hpp"
#include "wasi/process.hpp"
#include "wasi/transfer.hpp"

namespace waxwing::wasi {

namespace {

using platform::Clock;

/// More at a time are refused; a program cannot have more descriptors either.
constexpr uint32_t kMaxSubscriptions = 65'536;

[[nodiscard]] uint64_t now(Clock clock) {
  uint64_t nanoseconds = 0;
  (void)platform::clock_now(clock, nanoseconds);
  return nanoseconds;
}

[[nodiscard]] uint64_t add_saturating(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

[[nodiscard]] Expected<Subscription> read_subscription(const Call& call, uint64_t address,
                                                       uint32_t index) {
  if (call.abi == Abi::unstable) {
    const auto from =
        TRY(call.memory.read<UnstableSubscription>(address + index * sizeof(UnstableSubscription)));
    return Subscription{.userdata = from.userdata,
                        .type = from.type,
                        .clock = from.clock,
                        .timeout = from.timeout,
                        .absolute = (from.flags & kSubscriptionAbsolute) != 0,
                        .fd = static_cast<Fd>(from.identifier_or_fd)};
  }
  const auto from =
      TRY(call.memory.read<Snapshot1Subscription>(address + index * sizeof(Snapshot1Subscription)));
  return Subscription{.userdata = from.userdata,
                      .type = from.type,
                      .clock = from.clock_or_fd,
                      .timeout = from.timeout,
                      .absolute = (from.flags & kSubscriptionAbsolute) != 0,
                      .fd = from.clock_or_fd};
}

/// One subscription while it is waited for.
struct Waiting {
  Subscription subscription{};
  /// Not `success`: it has ended with this.
  Errno error = Errno::success;
  // For a clock: `deadline` on `clock`, which is the embedder's where it is a moment.
  Clock clock = Clock::monotonic;
  bool is_moment = false;
  uint64_t deadline = 0;
  // For a descriptor: always ready, or what `entry` is about.
  DescriptorRef descriptor;
  bool always_ready = false;
  size_t entry = 0;
};

class Poll {
 public:
  Poll(Process& process, Call& call)
      : process_(process), call_(call), waiting_(process.allocator), entries_(process.allocator) {}

  [[nodiscard]] Status subscribe(const Subscription& subscription) {
    Waiting waiting;
    waiting.subscription = subscription;
    if (subscription.type == eventtype::clock) {
      subscribe_clock(waiting);
    } else if (subscription.type == eventtype::fd_read ||
               subscription.type == eventtype::fd_write) {
      if (const Status ready = subscribe_fd(waiting); !ready) {
        if (ready.error() == Errno::nomem) return ready;
        waiting.error = ready.error();
      }
    } else {
      return refuse(Errno::inval);
    }
    if (waiting.error != Errno::success || waiting.always_ready) some_ready_ = true;
    if (!waiting_.push(std::move(waiting))) return refuse(Errno::nomem);
    return {};
  }

  /// Waits until something has happened.
  [[nodiscard]] Status wait() {
    for (;;) {
      if (call_.interrupted()) return refuse(Errno::intr);
      const uint64_t left = some_ready_ ? 0 : time_left();
      const auto ready = platform::poll(entries_.span(), left < kWaitSlice ? left : kWaitSlice);
      if (!ready && ready.error() != platform::FileError::intr) return refuse(ready.error());
      if (some_ready_ || (ready && *ready != 0) || time_left() == 0) return {};
    }
  }

  /// Writes what has happened, in the order of the subscriptions, and how many they are.
  [[nodiscard]] Status write(Ptr<Event> events, Ptr<uint32_t> occurred) const {
    uint32_t count = 0;
    for (const Waiting& waiting : waiting_) {
      Event event{};
      event.userdata = waiting.subscription.userdata;
      event.type = waiting.subscription.type;
      event.error = waiting.error.value();
      if (waiting.error == Errno::success && !has_happened(waiting, event)) continue;
      TRY(call_.memory.write<Event>(events.address + uint64_t{count} * sizeof(Event), event));
      ++count;
    }
    return call_.memory.write(occurred, count);
  }

 private:
  static void subscribe_clock(Waiting& waiting) {
    const Subscription& from = waiting.subscription;
    switch (from.clock) {
    case static_cast<uint32_t>(Clock::realtime):
    case static_cast<uint32_t>(Clock::monotonic): break;
    case static_cast<uint32_t>(Clock::process_cpu):
    case static_cast<uint32_t>(Clock::thread_cpu): waiting.error = Errno::notsup; return;
    default: waiting.error = Errno::inval; return;
    }
    // A time from now on passes in the same way when the clock is set.
    waiting.is_moment = from.absolute;
    waiting.clock = from.absolute ? static_cast<Clock>(from.clock) : Clock::monotonic;
    waiting.deadline =
        from.absolute ? from.timeout : add_saturating(now(Clock::monotonic), from.timeout);
  }

  [[nodiscard]] Status subscribe_fd(Waiting& waiting) {
    const bool reads = waiting.subscription.type == eventtype::fd_read;
    waiting.descriptor = TRY(process_.table.get(waiting.subscription.fd,
                                                rights::poll_fd_readwrite |
                                                    (reads ? rights::fd_read : rights::fd_write)));
    waiting.always_ready = waiting.descriptor->is_file() || waiting.descriptor->host != nullptr;
    if (waiting.always_ready) return {};
    waiting.entry = entries_.size();
    if (!entries_.push({.handle = waiting.descriptor->handle,
                        .wanted = reads ? platform::kPollRead : platform::kPollWrite,
                        .ready = 0}))
      return refuse(Errno::nomem);
    return {};
  }

  [[nodiscard]] uint64_t time_of(const Waiting& waiting) const {
    uint64_t nanoseconds = 0;
    if (!waiting.is_moment) return now(waiting.clock);
    (void)process_.clock.read(waiting.clock, nanoseconds);
    return nanoseconds;
  }

  /// Nanoseconds until the first clock is due.
  [[nodiscard]] uint64_t time_left() const {
    uint64_t least = UINT64_MAX;
    for (const Waiting& waiting : waiting_) {
      if (waiting.subscription.type != eventtype::clock) continue;
      const uint64_t time = time_of(waiting);
      const uint64_t left = waiting.deadline > time ? waiting.deadline - time : 0;
      if (left < least) least = left;
    }
    return least;
  }

  [[nodiscard]] bool has_happened(const Waiting& waiting, Event& event) const {
    if (waiting.subscription.type == eventtype::clock) return time_of(waiting) >= waiting.deadline;
    const bool reads = waiting.subscription.type == eventtype::fd_read;
    if (waiting.always_ready) {
      if (reads) event.nbytes = bytes_left(*waiting.descriptor);
      return true;
    }
    const platform::PollEntry& entry = entries_[waiting.entry];
    if (entry.ready == 0) return false;
    if ((entry.ready & platform::kPollInvalid) != 0)
      event.error = Errno::badf;
    else if ((entry.ready & platform::kPollHangUp) != 0)
      event.flags = kEventHangUp;
    else if ((entry.ready & platform::kPollError) != 0)
      event.error = Errno::io;
    if (reads) event.nbytes = platform::bytes_available(entry.handle);
    return true;
  }

  /// From its position to the end of the file.
  [[nodiscard]] static uint64_t bytes_left(const Descriptor& file) {
    const auto stat = platform::stat(file.handle);
    const auto position = platform::seek(file.handle, 0, platform::Whence::current);
    if (!stat || !position || *position >= stat->size) return 0;
    return stat->size - *position;
  }

  Process& process_;
  Call& call_;
  Vec<Waiting> waiting_;
  Vec<platform::PollEntry> entries_;
  bool some_ready_ = false;
};

} // namespace

Status Process::poll_oneoff(Call& call, Ptr<uint8_t> subscriptions, Ptr<Event> events,
                            uint32_t count, Ptr<uint32_t> occurred) {
  TRY(call.memory.check(occurred));
  if (count == 0 || count > kMaxSubscriptions) return refuse(Errno::inval);
  TRY(call.memory.check(Array<Event>{events.address, count}));
  Poll poll(*this, call);
  for (uint32_t i = 0; i < count; ++i)
    TRY(poll.subscribe(TRY(read_subscription(call, subscriptions.address, i))));
  TRY(poll.wait());
  return poll.write(events, occurred);
}

} // namespace waxwing::wasi
