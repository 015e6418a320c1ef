// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments, environment, clocks, random numbers, and the end of the program.
#include <cstring>

#include "platform/clock.hpp"
#include "platform/poll.hpp"
#include "wasi/process.hpp"

namespace waxwing::wasi {

namespace {

[[nodiscard]] Status write_sizes(const Call& call, const StringList& list, Ptr<uint32_t> count,
                                 Ptr<uint32_t> size) {
  TRY(call.memory.write(count, list.count));
  return call.memory.write(size, static_cast<uint32_t>(list.bytes.size()));
}

/// Writes the strings to `buffer` and the address of each to `pointers`.
[[nodiscard]] Status write_strings(const Call& call, const StringList& list, Ptr<uint32_t> pointers,
                                   Ptr<uint8_t> buffer) {
  const size_t size = list.bytes.size();
  uint8_t* to = TRY(call.memory.bytes(buffer.address, size));
  TRY(call.memory.check(Array<uint32_t>{pointers.address, list.count}));
  if (size == 0) return {};
  std::memcpy(to, list.bytes.data(), size);
  const char* at = list.bytes.data();
  for (uint32_t i = 0; i < list.count; ++i) {
    const auto offset = static_cast<uint32_t>(at - list.bytes.data());
    TRY(call.memory.write<uint32_t>(pointers.address + uint64_t{4} * i, buffer.address + offset));
    at += std::strlen(at) + 1;
  }
  return {};
}

[[nodiscard]] Expected<platform::Clock> clock_of(uint32_t id) {
  if (id > static_cast<uint32_t>(platform::Clock::thread_cpu)) return refuse(Errno::inval);
  return static_cast<platform::Clock>(id);
}

/// What a signal that the program sends to itself does where it has set up nothing for it.
enum class SignalAction : uint8_t { end, ignore, stop };

[[nodiscard]] SignalAction action_of(uint32_t signal) {
  constexpr uint32_t kChild = 16;
  constexpr uint32_t kContinue = 17;
  constexpr uint32_t kStop = 18;
  constexpr uint32_t kStopByTerminal = 19;
  constexpr uint32_t kTerminalInput = 20;
  constexpr uint32_t kTerminalOutput = 21;
  constexpr uint32_t kUrgent = 22;
  constexpr uint32_t kWindow = 27;
  switch (signal) {
  case 0:
  case kChild:
  case kContinue:
  case kUrgent:
  case kWindow: return SignalAction::ignore;
  case kStop:
  case kStopByTerminal:
  case kTerminalInput:
  case kTerminalOutput: return SignalAction::stop;
  default: return SignalAction::end;
  }
}

} // namespace

Status Process::args_get(Call& call, Ptr<uint32_t> argv, Ptr<uint8_t> buffer) {
  return write_strings(call, args, argv, buffer);
}

Status Process::args_sizes_get(Call& call, Ptr<uint32_t> count, Ptr<uint32_t> size) {
  return write_sizes(call, args, count, size);
}

Status Process::environ_get(Call& call, Ptr<uint32_t> environ, Ptr<uint8_t> buffer) {
  return write_strings(call, env, environ, buffer);
}

Status Process::environ_sizes_get(Call& call, Ptr<uint32_t> count, Ptr<uint32_t> size) {
  return write_sizes(call, env, count, size);
}

Status Process::clock_res_get(Call& call, uint32_t id, Ptr<uint64_t> resolution) {
  uint64_t nanoseconds = 0;
  if (!platform::clock_resolution(TRY(clock_of(id)), nanoseconds)) return refuse(Errno::notsup);
  return call.memory.write(resolution, nanoseconds);
}

Status Process::clock_time_get(Call& call, uint32_t id, uint64_t, Ptr<uint64_t> time) {
  uint64_t nanoseconds = 0;
  if (!clock.read(TRY(clock_of(id)), nanoseconds)) return refuse(Errno::notsup);
  return call.memory.write(time, nanoseconds);
}

void Process::proc_exit(Call& call, uint32_t code) { call.exit(code); }

Status Process::proc_raise(Call& call, uint32_t signal) {
  constexpr uint32_t kLast = 30;
  if (signal > kLast) return refuse(Errno::inval);
  switch (action_of(signal)) {
  case SignalAction::ignore: break;
  case SignalAction::stop: return refuse(Errno::notsup);
  // The number by which shells tell how a program ended. Nothing is raised in the host.
  case SignalAction::end: call.exit(128 + signal); break;
  }
  return {};
}

Status Process::sched_yield(Call&) {
  platform::yield_processor();
  return {};
}

Status Process::random_get(Call& call, Bytes buffer) {
  constexpr uint32_t kPiece = 64 << 10;
  TRY(call.memory.check(buffer));
  for (uint32_t done = 0; done < buffer.count;) {
    if (call.interrupted()) return refuse(Errno::intr);
    const uint32_t left = buffer.count - done;
    const uint32_t size = left < kPiece ? left : kPiece;
    uint8_t* to = TRY(call.memory.bytes(uint64_t{buffer.address} + done, size));
    if (!random.read(to, size)) return refuse(Errno::io);
    done += size;
  }
  return {};
}

} // namespace waxwing::wasi
