// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "support/wasi_guest.hpp"

namespace waxwing::wasi_test {
namespace {

using platform::Handle;

constexpr uint32_t kFlags = Guest::kResult + 16;

uint32_t receive(Guest& guest, Fd fd, uint32_t size, uint32_t flags = 0) {
  guest.put(Guest::kVector, wasi::IoVec{Guest::kData, size});
  return guest.call("sock_recv", {fd, Guest::kVector, 1, flags, Guest::kResult, kFlags});
}

uint32_t send(Guest& guest, Fd fd, std::string_view text, uint32_t flags = 0) {
  guest.put_text(Guest::kData, text);
  guest.put(Guest::kVector, wasi::IoVec{Guest::kData, static_cast<uint32_t>(text.size())});
  return guest.call("sock_send", {fd, Guest::kVector, 1, flags, Guest::kResult});
}

/// Two sockets that are connected: one is ours, the other descriptor 3 of the guest.
class WasiSocket : public testing::Test {
 protected:
  explicit WasiSocket(int type = SOCK_STREAM) {
    if (socketpair(AF_UNIX, type, 0, ends) != 0) std::abort();
    const Handle sockets[] = {Handle{ends[1]}};
    guest.emplace(wasi::WasiConfig{.sockets = sockets});
  }
  ~WasiSocket() override {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  static constexpr Fd kSocket = 3;
  int ends[2] = {-1, -1};
  std::optional<Guest> guest;
};

class WasiDatagrams : public WasiSocket {
 protected:
  WasiDatagrams() : WasiSocket(SOCK_DGRAM) {}
};

TEST_F(WasiSocket, SendsAndReceives) {
  EXPECT_EQ(guest->fdstat(kSocket).filetype, wasi::filetype::socket_stream);
  EXPECT_EQ(send(*guest, kSocket, "hello"), Errno::success);
  EXPECT_EQ(guest->result(), 5u);
  char buffer[16] = {};
  ASSERT_EQ(::read(ends[0], buffer, sizeof buffer), 5);
  EXPECT_STREQ(buffer, "hello");
  ASSERT_EQ(::write(ends[0], "answer", 6), 6);
  EXPECT_EQ(receive(*guest, kSocket, 100, wasi::riflags::recv_peek), Errno::success);
  EXPECT_EQ(guest->data(), "answer");
  EXPECT_EQ(receive(*guest, kSocket, 3), Errno::success);
  EXPECT_EQ(guest->data(), "ans");
  EXPECT_EQ(guest->get<uint16_t>(kFlags), 0);
  // It is a file too.
  EXPECT_EQ(guest->read(kSocket, 100), Errno::success);
  EXPECT_EQ(guest->data(), "wer");
  EXPECT_EQ(guest->write(kSocket, "file"), Errno::success);
  ASSERT_EQ(::read(ends[0], buffer, sizeof buffer), 4);
}

TEST_F(WasiSocket, WaitsForAll) {
  std::thread later([&] {
    for (const char* piece : {"one ", "two ", "three"}) {
      (void)!::write(ends[0], piece, std::strlen(piece));
      std::this_thread::sleep_for(std::chrono::milliseconds(15));
    }
  });
  guest->put(Guest::kVector, wasi::IoVec{Guest::kData, 6});
  guest->put(Guest::kVector + 8, wasi::IoVec{Guest::kData + 6, 7});
  EXPECT_EQ(guest->call("sock_recv", {kSocket, Guest::kVector, 2, wasi::riflags::recv_waitall,
                                      Guest::kResult, kFlags}),
            Errno::success);
  later.join();
  EXPECT_EQ(guest->data(), "one two three");
  // The end of the stream ends the waiting.
  ASSERT_EQ(::write(ends[0], "rest", 4), 4);
  ASSERT_EQ(::shutdown(ends[0], SHUT_WR), 0);
  EXPECT_EQ(receive(*guest, kSocket, 100, wasi::riflags::recv_waitall), Errno::success);
  EXPECT_EQ(guest->data(), "rest");
  EXPECT_EQ(receive(*guest, kSocket, 100), Errno::success);
  EXPECT_EQ(guest->data(), "");
}

TEST_F(WasiSocket, DoesNotWaitWhenToldNotTo) {
  EXPECT_EQ(guest->call("fd_fdstat_set_flags", {kSocket, fdflags::nonblock}), Errno::success);
  EXPECT_EQ(receive(*guest, kSocket, 10), Errno::again);
  EXPECT_EQ(receive(*guest, kSocket, 10, wasi::riflags::recv_waitall), Errno::again);
  uint32_t error = 0;
  const std::string block(50'000, 'x');
  for (int i = 0; i < 1000 && error == 0; ++i) error = send(*guest, kSocket, block);
  EXPECT_EQ(error, Errno::again);
}

TEST_F(WasiSocket, ShutsDown) {
  EXPECT_EQ(guest->call("sock_shutdown", {kSocket, 0}), Errno::inval);
  EXPECT_EQ(guest->call("sock_shutdown", {kSocket, 4}), Errno::inval);
  EXPECT_EQ(guest->call("sock_shutdown", {kSocket, wasi::sdflags::wr}), Errno::success);
  char buffer[4];
  EXPECT_EQ(::read(ends[0], buffer, sizeof buffer), 0);
  // An error, and no signal.
  EXPECT_EQ(send(*guest, kSocket, "x"), Errno::pipe);
  EXPECT_EQ(guest->write(kSocket, "x"), Errno::pipe);
  ASSERT_EQ(::write(ends[0], "still", 5), 5);
  EXPECT_EQ(receive(*guest, kSocket, 10), Errno::success);
  EXPECT_EQ(guest->call("sock_shutdown", {kSocket, wasi::sdflags::rd}), Errno::success);
  EXPECT_EQ(receive(*guest, kSocket, 10), Errno::success);
  EXPECT_EQ(guest->data(), "");
}

TEST_F(WasiSocket, ChecksFlagsRightsAndTypes) {
  EXPECT_EQ(send(*guest, kSocket, "x", 1), Errno::inval);
  EXPECT_EQ(receive(*guest, kSocket, 1, 4), Errno::inval);
  EXPECT_EQ(guest->call("sock_accept", {kSocket, fdflags::append, Guest::kResult}), Errno::inval);
  EXPECT_EQ(guest->call("sock_accept", {kSocket, fdflags::nonblock, Guest::kResult}),
            Errno::inval); // it does not listen
  for (const auto& [fd, error] :
       {std::pair(1u, Errno(Errno::notsock)), {99u, Errno(Errno::badf)}}) {
    EXPECT_EQ(send(*guest, fd, "x"), error.value());
    EXPECT_EQ(receive(*guest, fd, 1), error.value());
    EXPECT_EQ(guest->call("sock_shutdown", {fd, 1}), error.value());
    EXPECT_EQ(guest->call("sock_accept", {fd, 0, Guest::kResult}), error.value());
  }
  EXPECT_EQ(guest->call("fd_fdstat_set_rights", {kSocket, 0, 0}), Errno::success);
  EXPECT_EQ(send(*guest, kSocket, "x"), Errno::notcapable);
  EXPECT_EQ(receive(*guest, kSocket, 1), Errno::notcapable);
  EXPECT_EQ(guest->call("sock_shutdown", {kSocket, 1}), Errno::notcapable);
  EXPECT_EQ(guest->call("sock_accept", {kSocket, 0, Guest::kResult}), Errno::notcapable);
}

TEST_F(WasiDatagrams, KeepTheirBounds) {
  EXPECT_EQ(guest->fdstat(kSocket).filetype, wasi::filetype::socket_dgram);
  EXPECT_EQ(send(*guest, kSocket, "one"), Errno::success);
  EXPECT_EQ(send(*guest, kSocket, "two"), Errno::success);
  char buffer[16] = {};
  EXPECT_EQ(::read(ends[0], buffer, sizeof buffer), 3);
  EXPECT_STREQ(buffer, "one");
  ASSERT_EQ(::write(ends[0], "long one", 8), 8);
  ASSERT_EQ(::write(ends[0], "next", 4), 4);
  EXPECT_EQ(receive(*guest, kSocket, 4), Errno::success);
  EXPECT_EQ(guest->data(), "long");
  EXPECT_EQ(guest->get<uint16_t>(kFlags), wasi::roflags::recv_data_truncated);
  EXPECT_EQ(receive(*guest, kSocket, 10, wasi::riflags::recv_waitall), Errno::success);
  EXPECT_EQ(guest->data(), "next");
  EXPECT_EQ(guest->get<uint16_t>(kFlags), 0);
}

TEST(WasiListener, AcceptsConnections) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(listener, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 4), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);

  TemporaryFolder folder;
  const std::string path = folder.path().string();
  const wasi::Preopen preopens[] = {{path, "/"}};
  const Handle sockets[] = {Handle{listener}};
  Guest guest({.preopens = preopens, .sockets = sockets});
  // Sockets come behind the preopens, where a C library looks no further.
  constexpr Fd kListener = 4;
  EXPECT_EQ(guest.call("fd_prestat_get", {kListener, Guest::kResult}), Errno::badf);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", {kListener, fdflags::nonblock}), Errno::success);
  EXPECT_EQ(guest.call("sock_accept", {kListener, 0, Guest::kResult}), Errno::again);
  EXPECT_EQ(receive(guest, kListener, 1), Errno::notconn);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", {kListener, 0}), Errno::success);

  std::thread client([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      (void)!::write(fd, "ping", 4);
      char buffer[4] = {};
      EXPECT_EQ(::read(fd, buffer, 4), 4);
      EXPECT_EQ(std::string_view(buffer, 4), "pong");
    }
    ::close(fd);
  });
  EXPECT_EQ(guest.call("sock_accept", {kListener, 0, Guest::kResult}), Errno::success);
  const Fd connection = guest.result();
  EXPECT_EQ(connection, 5u);
  EXPECT_EQ(guest.fdstat(connection).filetype, wasi::filetype::socket_stream);
  EXPECT_EQ(guest.fdstat(connection).flags, 0);
  EXPECT_EQ(receive(guest, connection, 4, wasi::riflags::recv_waitall), Errno::success);
  EXPECT_EQ(guest.data(), "ping");
  EXPECT_EQ(send(guest, connection, "pong"), Errno::success);
  client.join();
  EXPECT_EQ(receive(guest, connection, 4), Errno::success);
  EXPECT_EQ(guest.data(), "");
  EXPECT_EQ(guest.call("sock_accept", {connection, 0, Guest::kResult}), Errno::notcapable);
  EXPECT_EQ(guest.close(connection), Errno::success);
  ::close(listener);
}

} // namespace
} // namespace waxwing::wasi_test
