// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "platform/file.hpp"

/// Sockets.
namespace waxwing::platform {

/// A TCP socket that listens at `address`, an IPv4 or IPv6 address or `localhost` (127.0.0.1), and
/// `port`, where 0 lets the system choose one. `inval` where `address` is something else: no name
/// is looked up.
[[nodiscard]] FileResult<OwnedHandle> listen_tcp(const char* address, uint16_t port);

/// The port that an internet socket is bound to.
[[nodiscard]] FileResult<uint16_t> local_port(Handle socket);

/// Whether connections can be accepted from it.
[[nodiscard]] bool is_listening(Handle socket);

/// A connection that waits at a listening socket. It blocks, unless asked otherwise.
[[nodiscard]] FileResult<OwnedHandle> accept(Handle listener, bool nonblocking);

struct ReceiveOptions {
  /// Leave what is read in the queue.
  bool peek = false;
  /// Wait until the buffers are full.
  bool wait_all = false;
  bool nonblocking = false;
};

struct Received {
  size_t size;
  /// The rest of a datagram did not fit and is lost.
  bool truncated;
};
[[nodiscard]] FileResult<Received> receive(Handle socket, std::span<const IoBuffer> buffers,
                                           const ReceiveOptions& options);

/// `pipe` where the other side has gone, and no signal.
[[nodiscard]] FileResult<size_t> send(Handle socket, std::span<const IoBuffer> buffers,
                                      bool nonblocking);

[[nodiscard]] FileResult<void> shut_down(Handle socket, bool reading, bool writing);

} // namespace waxwing::platform
