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

/// An internet address of either family.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  /// False where `text` is no address.
  [[nodiscard]] bool parse(const char* text, uint16_t port) {
    if (std::strcmp(text, "localhost") == 0) text = "127.0.0.1";
    sockaddr_in four{};
    sockaddr_in6 six{};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
      four.sin_family = AF_INET;
      four.sin_port = htons(port);
      size = sizeof four;
      std::memcpy(&storage, &four, sizeof four);
      return true;
    }
    if (inet_pton(AF_INET6, text, &six.sin6_addr) != 1) return false;
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    size = sizeof six;
    std::memcpy(&storage, &six, sizeof six);
    return true;
  }
};

} // namespace

FileResult<OwnedHandle> listen_tcp(const char* address, uint16_t port) {
  constexpr int kWaiting = 128;
  Address at;
  if (!at.parse(address, port)) return std::unexpected(FileError::inval);
  OwnedHandle socket(
      Handle{behind_standard_streams(::socket(at.storage.ss_family, SOCK_STREAM, 0))});
  const int fd = socket.get().value;
  if (fd < 0) return last_error();
  // A server that is started again soon finds its port still in use otherwise.
  const int on = 1;
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
      setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(fd, at.get(), at.size) != 0 || listen(fd, kWaiting) != 0)
    return last_error();
  return socket;
}

FileResult<uint16_t> local_port(Handle socket) {
  Address at;
  if (getsockname(socket.value, at.get(), &at.size) != 0) return last_error();
  if (at.storage.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(at.storage).sin_port);
  if (at.storage.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(at.storage).sin6_port);
  return std::unexpected(FileError::afnosupport);
}

} // namespace waxwing::platform
