// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "platform/clock.hpp"
#include "platform/file.hpp"

/// What an embedder can put in the place of the system's.
namespace waxwing::wasi {

/// A standard stream made of functions, called on the guest's threads. Each moves once, perhaps
/// less than it could, and returns how many bytes (0 from `read`: the end). A null one is what the
/// guest has no right to.
struct HostStream {
  platform::FileResult<size_t> (*read)(void* context, std::span<char> bytes) = nullptr;
  platform::FileResult<size_t> (*write)(void* context, std::span<const char> bytes) = nullptr;
  void* context = nullptr;
};

/// In place of the system's clocks, for what guests read and for moments that they wait for;
/// waiting for a length of time takes the system's. Without a function, the system's.
struct HostClock {
  bool (*now)(void* context, platform::Clock clock, uint64_t& nanoseconds) = nullptr;
  void* context = nullptr;

  [[nodiscard]] bool read(platform::Clock clock, uint64_t& nanoseconds) const {
    return now != nullptr ? now(context, clock, nanoseconds)
                          : platform::clock_now(clock, nanoseconds);
  }
};

/// In place of the system's random numbers. Without a function, those.
struct HostRandom {
  bool (*fill)(void* context, void* bytes, size_t size) = nullptr;
  void* context = nullptr;

  [[nodiscard]] bool read(void* bytes, size_t size) const {
    return fill != nullptr ? fill(context, bytes, size) : platform::random_bytes(bytes, size);
  }
};

} // namespace waxwing::wasi
