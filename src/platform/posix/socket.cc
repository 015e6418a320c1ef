// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/socket.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "platform/posix/descriptor.hpp"
#include "platform/posix/error.hpp"

namespace waxwing::platform {

namespace {

msghdr message_of(std::span<const IoBuffer> buffers) {
  msghdr message{};
  message.msg_iov = reinterpret_cast<iovec*>(const_cast<IoBuffer*>(buffers.data()));
  message.msg_iovlen = buffers.size();
  return message;
}

} // namespace

bool is_listening(Handle socket) {
  int listening = 0;
  socklen_t size = sizeof listening;
  return getsockopt(socket.value, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 &&
         listening != 0;
}

FileResult<OwnedHandle> accept(Handle listener, bool nonblocking) {
  const int fd = behind_standard_streams(::accept(listener.value, nullptr, nullptr));
  if (fd < 0) return last_error();
  OwnedHandle connection(Handle{fd});
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return last_error();
  if (auto set = set_nonblocking(connection.get(), nonblocking); !set)
    return std::unexpected(set.error());
  return connection;
}

FileResult<Received> receive(Handle socket, std::span<const IoBuffer> buffers,
                             const ReceiveOptions& options) {
  msghdr message = message_of(buffers);
  int flags = 0;
  if (options.peek) flags |= MSG_PEEK;
  if (options.wait_all) flags |= MSG_WAITALL;
  if (options.nonblocking) flags |= MSG_DONTWAIT;
  const ssize_t size = recvmsg(socket.value, &message, flags);
  if (size < 0) return last_error();
  return Received{.size = static_cast<size_t>(size),
                  .truncated = (message.msg_flags & MSG_TRUNC) != 0};
}

FileResult<size_t> send(Handle socket, std::span<const IoBuffer> buffers, bool nonblocking) {
  const msghdr message = message_of(buffers);
  const ssize_t size =
      sendmsg(socket.value, &message, MSG_NOSIGNAL | (nonblocking ? MSG_DONTWAIT : 0));
  if (size < 0) return last_error();
  return static_cast<size_t>(size);
}

FileResult<void> shut_down(Handle socket, bool reading, bool writing) {
  const int how = reading && writing ? SHUT_RDWR : reading ? SHUT_RD : SHUT_WR;
  return result_of(shutdown(socket.value, how));
}

} // namespace waxwing::platform
