// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>

#include "platform/socket.hpp"
#include "wasi/process.hpp"
#include "wasi/transfer.hpp"

namespace waxwing::wasi {

namespace {

[[nodiscard]] bool is_nonblocking(const Descriptor& descriptor) {
  return (descriptor.flags.load(std::memory_order_relaxed) & fdflags::nonblock) != 0;
}

/// Fills one piece after the other, until all are full or nothing more comes.
template <class Receive>
[[nodiscard]] Expected<uint32_t> receive_all(const Call& call, Array<IoVec> vectors,
                                             Receive receive) {
  uint32_t total = 0;
  for (uint32_t i = 0; i < vectors.count; ++i) {
    const IoVec vector = TRY(call.memory.read(vectors, i));
    for (uint32_t done = 0; done < vector.length;) {
      const size_t left = std::min(
          {size_t{vector.length - done}, platform::kMaxIoBytes, size_t{UINT32_MAX - total}});
      if (left == 0) return total;
      uint8_t* data = TRY(call.memory.bytes(uint64_t{vector.address} + done, left));
      const platform::IoBuffer buffer{.data = data, .size = left};
      const Expected<size_t> received = receive(std::span(&buffer, 1), total);
      if (!received && total == 0) return refuse(received.error());
      if (!received || *received == 0) return total;
      done += static_cast<uint32_t>(*received);
      total += static_cast<uint32_t>(*received);
    }
  }
  return total;
}

} // namespace

Status Process::sock_accept(Call& call, Fd fd, uint32_t flags, Ptr<Fd> accepted) {
  TRY(call.memory.check(accepted));
  if ((flags & ~uint32_t{fdflags::nonblock}) != 0) return refuse(Errno::inval);
  const DescriptorRef listener = TRY(table.get_socket(fd, rights::sock_accept));
  if (!platform::is_listening(listener->handle)) return refuse(Errno::inval);
  platform::OwnedHandle connection =
      TRY(wait_and_do(call, *listener, platform::kPollRead, Blocking::possible,
                      [&] { return platform::accept(listener->handle, true); }));
  DescriptorRef made = TRY(make_descriptor(allocator, platform::FileType::stream_socket));
  made->handle = connection.release();
  made->owned = true;
  made->base = listener->inheriting & rights::socket & ~rights::sock_accept;
  made->flags = static_cast<uint16_t>(flags);
  return call.memory.write(accepted, TRY(table.insert(std::move(made))));
}

Status Process::sock_recv(Call& call, Fd fd, Array<IoVec> vectors, uint32_t in_flags,
                          Ptr<uint32_t> size, Ptr<uint16_t> out_flags) {
  TRY(call.memory.check(size));
  TRY(call.memory.check(out_flags));
  TRY(check_vectors(call, vectors));
  if ((in_flags & ~uint32_t{riflags::all}) != 0) return refuse(Errno::inval);
  const DescriptorRef socket = TRY(table.get_socket(fd, rights::fd_read));
  const bool wait_all = (in_flags & riflags::recv_waitall) != 0 && !is_nonblocking(*socket) &&
                        (in_flags & riflags::recv_peek) == 0 &&
                        socket->type == platform::FileType::stream_socket;
  const platform::ReceiveOptions options{
      .peek = (in_flags & riflags::recv_peek) != 0, .wait_all = false, .nonblocking = true};
  bool truncated = false;
  auto receive = [&](std::span<const platform::IoBuffer> buffers, uint64_t) -> Expected<size_t> {
    const platform::Received received =
        TRY(wait_and_do(call, *socket, platform::kPollRead, Blocking::never,
                        [&] { return platform::receive(socket->handle, buffers, options); }));
    truncated = received.truncated;
    return received.size;
  };
  const uint32_t total =
      TRY(wait_all ? receive_all(call, vectors, receive)
                   : transfer(call, vectors, Amount::once, platform::kMaxIoBytes, receive));
  TRY(call.memory.write(out_flags, truncated ? roflags::recv_data_truncated : uint16_t{0}));
  return call.memory.write(size, total);
}

Status Process::sock_send(Call& call, Fd fd, Array<IoVec> vectors, uint32_t in_flags,
                          Ptr<uint32_t> size) {
  TRY(call.memory.check(size));
  TRY(check_vectors(call, vectors));
  if (in_flags != 0) return refuse(Errno::inval);
  const DescriptorRef socket = TRY(table.get_socket(fd, rights::fd_write));
  // A datagram is sent as one or not at all.
  const Amount amount =
      socket->type == platform::FileType::datagram_socket ? Amount::once : Amount::all;
  const uint32_t total =
      TRY(transfer(call, vectors, amount, platform::kMaxIoBytes,
                   [&](std::span<const platform::IoBuffer> buffers, uint64_t) -> Expected<size_t> {
                     return wait_and_do(call, *socket, platform::kPollWrite, Blocking::never, [&] {
                       return platform::send(socket->handle, buffers, true);
                     });
                   }));
  return call.memory.write(size, total);
}

Status Process::sock_shutdown(Call&, Fd fd, uint32_t how) {
  const DescriptorRef socket = TRY(table.get_socket(fd, rights::sock_shutdown));
  if (how == 0 || (how & ~uint32_t{sdflags::rd | sdflags::wr}) != 0) return refuse(Errno::inval);
  TRY(platform::shut_down(socket->handle, (how & sdflags::rd) != 0, (how & sdflags::wr) != 0));
  return {};
}

} // namespace waxwing::wasi
