// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "support/wasi_guest.hpp"

namespace waxwing::wasi_test {
namespace {

using WasiFile = WasiTest;

TEST_F(WasiFile, WritesSeeksAndReads) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  EXPECT_EQ(fd, 5u);
  EXPECT_EQ(guest->write(fd, "hello world"), Errno::success);
  EXPECT_EQ(guest->result(), 11u);
  EXPECT_EQ(guest->call("fd_tell", {fd, Guest::kResult}), Errno::success);
  EXPECT_EQ(guest->get<uint64_t>(Guest::kResult), 11u);
  EXPECT_EQ(guest->seek(fd, -5, 1), Errno::success);
  EXPECT_EQ(guest->get<uint64_t>(Guest::kResult), 6u);
  EXPECT_EQ(guest->read(fd, 100), Errno::success);
  EXPECT_EQ(guest->data(), "world");
  EXPECT_EQ(guest->read(fd, 100), Errno::success);
  EXPECT_EQ(guest->data(), "");
  EXPECT_EQ(guest->seek(fd, 1, 0), Errno::success);
  EXPECT_EQ(guest->seek(fd, -3, 2), Errno::success);
  EXPECT_EQ(guest->get<uint64_t>(Guest::kResult), 8u);
  EXPECT_EQ(guest->seek(fd, -1, 0), Errno::inval);
  EXPECT_EQ(guest->seek(fd, 0, 3), Errno::inval);
  EXPECT_EQ(guest->close(fd), Errno::success);
  EXPECT_EQ(guest->close(fd), Errno::badf);
  EXPECT_EQ(read_file(root() / "file"), "hello world");
}

TEST_F(WasiFile, UnstableCountsWhenceDifferently) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  EXPECT_EQ(guest->write(fd, "0123456789"), Errno::success);
  auto seek = [&](int64_t offset, uint32_t whence) {
    EXPECT_EQ(guest->call_in("wasi_unstable", "fd_seek",
                             {fd, static_cast<uint64_t>(offset), whence, Guest::kResult}),
              Errno::success);
    return guest->get<uint64_t>(Guest::kResult);
  };
  EXPECT_EQ(seek(-4, 0), 6u); // from the current position
  EXPECT_EQ(seek(-1, 1), 9u); // from the end
  EXPECT_EQ(seek(2, 2), 2u);  // from the start
}

TEST_F(WasiFile, GathersAnyNumberOfPieces) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  // More than one system call takes, some of them empty, one of those with a bad address.
  constexpr uint32_t kCount = 1000;
  std::string expected;
  for (uint32_t i = 0; i < kCount; ++i) {
    const uint32_t length = i % 4;
    const uint32_t address = length == 0 ? 0xFFFF'FFF0 : Guest::kData + i * 4;
    guest->put(Guest::kVector + i * 8, wasi::IoVec{address, length});
    const std::string text(length, static_cast<char>('a' + i % 26));
    if (length != 0) guest->put_text(address, text);
    expected += text;
  }
  EXPECT_EQ(guest->call("fd_write", {fd, Guest::kVector, kCount, Guest::kResult}), Errno::success);
  EXPECT_EQ(guest->result(), expected.size());
  EXPECT_EQ(read_file(root() / "file"), expected);

  for (uint32_t i = 0; i < kCount; ++i) guest->put<uint32_t>(Guest::kData + i * 4, 0);
  EXPECT_EQ(guest->seek(fd, 0, 0), Errno::success);
  EXPECT_EQ(guest->call("fd_read", {fd, Guest::kVector, kCount, Guest::kResult}), Errno::success);
  EXPECT_EQ(guest->result(), expected.size());
  std::string got;
  for (uint32_t i = 0; i < kCount; ++i) got += guest->get_text(Guest::kData + i * 4, i % 4);
  EXPECT_EQ(got, expected);
}

TEST_F(WasiFile, StopsAtAPieceOutOfBounds) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  guest->put(Guest::kVector, wasi::IoVec{Guest::kData, 4});
  guest->put(Guest::kVector + 8, wasi::IoVec{0xFFFF'0000, 4});
  guest->put_text(Guest::kData, "text");
  EXPECT_EQ(guest->call("fd_write", {fd, Guest::kVector, 2, Guest::kResult}), Errno::fault);
  EXPECT_EQ(guest->call("fd_write", {fd, Guest::kVector, 1, 4 * 65'536 - 3}), Errno::fault);
  EXPECT_EQ(read_file(root() / "file"), "");
}

TEST_F(WasiFile, ReadsAndWritesAtAPosition) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  EXPECT_EQ(guest->write(fd, "0123456789"), Errno::success);
  guest->put_text(Guest::kData, "xy");
  guest->put(Guest::kVector, wasi::IoVec{Guest::kData, 2});
  EXPECT_EQ(guest->call("fd_pwrite", {fd, Guest::kVector, 1, 3, Guest::kResult}), Errno::success);
  guest->put(Guest::kVector, wasi::IoVec{Guest::kData, 6});
  EXPECT_EQ(guest->call("fd_pread", {fd, Guest::kVector, 1, 1, Guest::kResult}), Errno::success);
  EXPECT_EQ(guest->data(), "12xy56");
  EXPECT_EQ(guest->call("fd_tell", {fd, Guest::kResult}), Errno::success);
  EXPECT_EQ(guest->get<uint64_t>(Guest::kResult), 10u);
  EXPECT_EQ(guest->call("fd_pread", {fd, Guest::kVector, 1, UINT64_MAX, Guest::kResult}),
            Errno::inval);
}

TEST_F(WasiFile, AppendsUntilToldOtherwise) {
  write_file(root() / "log", "one ");
  const Fd fd = guest->open(kRoot, "log", 0, Guest::kReadWrite, 0, fdflags::append);
  EXPECT_EQ(guest->fdstat(fd).flags, fdflags::append);
  EXPECT_EQ(guest->seek(fd, 0, 0), Errno::success);
  EXPECT_EQ(guest->write(fd, "two"), Errno::success);
  EXPECT_EQ(read_file(root() / "log"), "one two");
  EXPECT_EQ(guest->call("fd_fdstat_set_flags", {fd, 0}), Errno::success);
  EXPECT_EQ(guest->fdstat(fd).flags, 0);
  EXPECT_EQ(guest->seek(fd, 0, 0), Errno::success);
  EXPECT_EQ(guest->write(fd, "ONE"), Errno::success);
  EXPECT_EQ(read_file(root() / "log"), "ONE two");
  EXPECT_EQ(guest->call("fd_fdstat_set_flags", {fd, 0x20}), Errno::inval);
  EXPECT_EQ(guest->call("fd_fdstat_set_flags", {fd, fdflags::sync | fdflags::dsync}),
            Errno::success);
  EXPECT_EQ(guest->write(fd, "!"), Errno::success);
  EXPECT_EQ(guest->fdstat(fd).flags, fdflags::sync | fdflags::dsync);
}

TEST_F(WasiFile, SyncsWhatHasTheRight) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  EXPECT_EQ(guest->write(fd, "data"), Errno::success);
  EXPECT_EQ(guest->call("fd_sync", {fd}), Errno::success);
  EXPECT_EQ(guest->call("fd_datasync", {fd}), Errno::success);
  const Fd other = guest->open(kRoot, "file", 0, rights::fd_read);
  EXPECT_EQ(guest->call("fd_sync", {other}), Errno::notcapable);
  EXPECT_EQ(guest->call("fd_datasync", {other}), Errno::notcapable);
  EXPECT_EQ(guest->call("fd_sync", {kRoot}), Errno::success);
  EXPECT_EQ(guest->call("fd_datasync", {kRoot}), Errno::notcapable);
  EXPECT_EQ(guest->call("fd_sync", {99}), Errno::badf);
  EXPECT_EQ(guest->call("fd_datasync", {99}), Errno::badf);
}

TEST_F(WasiFile, ChangesSizes) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  EXPECT_EQ(guest->call("fd_filestat_set_size", {fd, 100}), Errno::success);
  EXPECT_EQ(guest->filestat(fd).size, 100u);
  EXPECT_EQ(guest->call("fd_filestat_set_size", {fd, uint64_t{1} << 63}), Errno::inval);
  EXPECT_EQ(guest->call("fd_filestat_set_size", {kRoot, 0}), Errno::notcapable);
  const uint32_t allocated = guest->call("fd_allocate", {fd, 90, 20});
  if (allocated == Errno::notsup) GTEST_SKIP() << "the file system cannot allocate";
  EXPECT_EQ(allocated, Errno::success);
  EXPECT_EQ(guest->filestat(fd).size, 110u);
  EXPECT_EQ(guest->call("fd_allocate", {fd, 0, 10}), Errno::success);
  EXPECT_EQ(guest->filestat(fd).size, 110u);
  EXPECT_EQ(guest->call("fd_allocate", {fd, 0, 0}), Errno::inval);
  EXPECT_EQ(guest->call("fd_allocate", {fd, UINT64_MAX, UINT64_MAX}), Errno::inval);
  EXPECT_EQ(guest->call("fd_allocate", {fd, INT64_MAX, 2}), Errno::fbig);
}

TEST_F(WasiFile, TakesAdvice) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  for (uint32_t advice = 0; advice <= 5; ++advice)
    EXPECT_EQ(guest->call("fd_advise", {fd, 0, 10, advice}), Errno::success);
  EXPECT_EQ(guest->call("fd_advise", {fd, 0, 10, 6}), Errno::inval);
  EXPECT_EQ(guest->call("fd_advise", {fd, UINT64_MAX, 10, 0}), Errno::inval);
  EXPECT_EQ(guest->call("fd_advise", {fd, 0, UINT64_MAX, 0}), Errno::inval);
}

TEST_F(WasiFile, SetsTimes) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  auto set = [&](uint64_t access, uint64_t modify, uint32_t flags) {
    return guest->call("fd_filestat_set_times", {fd, access, modify, flags});
  };
  EXPECT_EQ(set(1'000'000'007, 2'000'000'009, 1 | 4), Errno::success);
  wasi::FileStat stat = guest->filestat(fd);
  EXPECT_EQ(stat.atim, 1'000'000'007u);
  EXPECT_EQ(stat.mtim, 2'000'000'009u);
  EXPECT_EQ(set(5, 6, 4), Errno::success);
  stat = guest->filestat(fd);
  EXPECT_EQ(stat.atim, 1'000'000'007u);
  EXPECT_EQ(stat.mtim, 6u);
  EXPECT_EQ(set(0, 0, 2 | 8), Errno::success);
  stat = guest->filestat(fd);
  EXPECT_GT(stat.atim, 1'500'000'000'000'000'000u);
  EXPECT_GT(stat.mtim, 1'500'000'000'000'000'000u);
  EXPECT_EQ(set(0, 0, 3), Errno::inval);
  EXPECT_EQ(set(0, 0, 12), Errno::inval);
  EXPECT_EQ(set(0, 0, 16), Errno::inval);
  EXPECT_EQ(guest->set_path_times(kRoot, "file", 77), Errno::success);
  EXPECT_EQ(guest->filestat(fd).mtim, 77u);
}

TEST_F(WasiFile, DescribesFiles) {
  write_file(root() / "file", "12345");
  fs::create_hard_link(root() / "file", root() / "other");
  fs::create_symlink("file", root() / "link");
  struct ::stat host{};
  ASSERT_EQ(::stat((root() / "file").c_str(), &host), 0);
  EXPECT_EQ(guest->stat_path(kRoot, "file"), Errno::success);
  auto stat = guest->get<wasi::FileStat>(Guest::kResult);
  EXPECT_EQ(stat.filetype, wasi::filetype::regular_file);
  EXPECT_EQ(stat.size, 5u);
  EXPECT_EQ(stat.nlink, 2u);
  EXPECT_EQ(stat.ino, host.st_ino);
  EXPECT_EQ(stat.dev, host.st_dev);
  const uint64_t modified = stat.mtim;
  EXPECT_EQ(guest->stat_path(kRoot, "link"), Errno::success);
  stat = guest->get<wasi::FileStat>(Guest::kResult);
  EXPECT_EQ(stat.filetype, wasi::filetype::symbolic_link);
  EXPECT_EQ(stat.size, 4u);
  EXPECT_EQ(guest->stat_path(kRoot, "link", true), Errno::success);
  EXPECT_EQ(guest->get<wasi::FileStat>(Guest::kResult).ino, host.st_ino);
  EXPECT_EQ(guest->stat_path(kRoot, "."), Errno::success);
  EXPECT_EQ(guest->get<wasi::FileStat>(Guest::kResult).filetype, wasi::filetype::directory);

  guest->put_text(Guest::kPath, "file");
  EXPECT_EQ(guest->call_in("wasi_unstable", "path_filestat_get",
                           {kRoot, 0, Guest::kPath, 4, Guest::kResult}),
            Errno::success);
  const auto old = guest->get<wasi::UnstableFileStat>(Guest::kResult);
  EXPECT_EQ(old.nlink, 2u);
  EXPECT_EQ(old.size, 5u);
  EXPECT_EQ(old.ino, host.st_ino);
  EXPECT_EQ(old.mtim, modified);
}

TEST_F(WasiFile, CreatesRemovesAndRenames) {
  EXPECT_EQ(guest->on_path("path_create_directory", kRoot, "a"), Errno::success);
  EXPECT_EQ(guest->on_path("path_create_directory", kRoot, "a"), Errno::exist);
  EXPECT_EQ(guest->on_path("path_create_directory", kRoot, "a/b/"), Errno::success);
  EXPECT_EQ(guest->on_path("path_remove_directory", kRoot, "a"), Errno::notempty);
  EXPECT_EQ(guest->rename(kRoot, "a/b", kRoot, "c"), Errno::success);
  EXPECT_EQ(guest->on_path("path_remove_directory", kRoot, "a/"), Errno::success);
  EXPECT_EQ(guest->close(guest->open(kRoot, "c/file", oflags::creat)), Errno::success);
  EXPECT_EQ(guest->on_path("path_unlink_file", kRoot, "c"), Errno::isdir);
  EXPECT_EQ(guest->on_path("path_unlink_file", kRoot, "c/"), Errno::isdir);
  EXPECT_EQ(guest->on_path("path_unlink_file", kRoot, "c/file/"), Errno::notdir);
  EXPECT_EQ(guest->on_path("path_remove_directory", kRoot, "c/file"), Errno::notdir);
  EXPECT_EQ(guest->rename(kRoot, "c/file", kRoot, "file/"), Errno::notdir);
  EXPECT_EQ(guest->rename(kRoot, "c/file/", kRoot, "file"), Errno::notdir);
  EXPECT_EQ(guest->rename(kRoot, "c/file", kRoot, "file"), Errno::success);
  EXPECT_EQ(guest->rename(kRoot, "c/..", kRoot, "d"), Errno::busy);
  EXPECT_TRUE(fs::exists(root() / "c"));
  EXPECT_EQ(guest->link(kRoot, "file", kRoot, "c/link"), Errno::success);
  EXPECT_EQ(guest->link(kRoot, "file", kRoot, "c/link"), Errno::exist);
  EXPECT_EQ(guest->link(kRoot, "file", kRoot, "link/"), Errno::noent);
  EXPECT_EQ(guest->link(kRoot, "c", kRoot, "d"), Errno::perm);
  EXPECT_EQ(guest->on_path("path_unlink_file", kRoot, "c/link"), Errno::success);
  EXPECT_EQ(guest->on_path("path_unlink_file", kRoot, "c/link"), Errno::noent);
  EXPECT_EQ(fs::hard_link_count(root() / "file"), 1u);
}

TEST_F(WasiFile, LinksSymbolically) {
  write_file(root() / "file", "content");
  EXPECT_EQ(guest->symlink("file", kRoot, "link"), Errno::success);
  EXPECT_EQ(guest->symlink("file", kRoot, "link"), Errno::exist);
  EXPECT_EQ(guest->symlink("", kRoot, "empty"), Errno::noent);
  EXPECT_EQ(guest->symlink("/", kRoot, "absolute"), Errno::notcapable);
  EXPECT_EQ(guest->symlink("file", kRoot, "new/"), Errno::noent);
  EXPECT_EQ(guest->readlink(kRoot, "link"), Errno::success);
  EXPECT_EQ(guest->data(), "file");
  EXPECT_EQ(guest->readlink(kRoot, "link", 2), Errno::success);
  EXPECT_EQ(guest->data(), "fi");
  EXPECT_EQ(guest->readlink(kRoot, "file"), Errno::inval);
  EXPECT_EQ(guest->path_open(kRoot, "link", 0, Guest::kRead), Errno::loop);
  EXPECT_EQ(guest->path_open(kRoot, "link", 0, Guest::kRead, 0, 0, true), Errno::success);
  EXPECT_EQ(guest->read(guest->result(), 100), Errno::success);
  EXPECT_EQ(guest->data(), "content");
  // A link to nothing is where a file is made, unless it must be new.
  EXPECT_EQ(guest->symlink("new", kRoot, "dangling"), Errno::success);
  EXPECT_EQ(
      guest->path_open(kRoot, "dangling", oflags::creat | oflags::excl, Guest::kRead, 0, 0, true),
      Errno::exist);
  EXPECT_EQ(guest->path_open(kRoot, "dangling", oflags::creat, Guest::kRead, 0, 0, true),
            Errno::success);
  EXPECT_TRUE(fs::is_regular_file(root() / "new"));
}

struct Listed {
  uint64_t cookie;
  uint64_t inode;
  uint8_t type;
};

/// Everything in a directory, read with a buffer of `size` bytes.
std::map<std::string, Listed> list(Guest& guest, Fd fd, uint32_t size) {
  std::map<std::string, Listed> entries;
  uint64_t cookie = 0;
  for (;;) {
    EXPECT_EQ(guest.call("fd_readdir", {fd, Guest::kData, size, cookie, Guest::kResult}),
              Errno::success);
    const uint32_t used = guest.result();
    EXPECT_LE(used, size);
    uint32_t at = 0;
    size_t complete = 0;
    while (at + sizeof(wasi::Dirent) <= used) {
      const auto head = guest.get<wasi::Dirent>(Guest::kData + at);
      at += static_cast<uint32_t>(sizeof head);
      if (at + head.name_length > used) break;
      const std::string name = guest.get_text(Guest::kData + at, head.name_length);
      EXPECT_FALSE(entries.contains(name)) << name;
      entries[name] = {cookie, head.ino, head.type};
      at += head.name_length;
      cookie = head.next;
      ++complete;
    }
    if (used < size) return entries;
    if (complete == 0) {
      ADD_FAILURE() << "no entry fits into " << size;
      return entries;
    }
  }
}

TEST_F(WasiFile, ListsDirectories) {
  fs::create_directory(root() / "sub");
  write_file(root() / "file", "");
  fs::create_symlink("nothing", root() / "link");
  ASSERT_EQ(mkfifo((root() / "fifo").c_str(), 0600), 0);
  auto entries = list(*guest, kRoot, 4096);
  EXPECT_EQ(entries.size(), 6u);
  EXPECT_EQ(entries["sub"].type, wasi::filetype::directory);
  EXPECT_EQ(entries["file"].type, wasi::filetype::regular_file);
  EXPECT_EQ(entries["link"].type, wasi::filetype::symbolic_link);
  EXPECT_EQ(entries["fifo"].type, wasi::filetype::unknown);
  EXPECT_EQ(entries["."].type, wasi::filetype::directory);
  EXPECT_EQ(entries["."].inode, guest->filestat(kRoot).ino);
  EXPECT_EQ(entries[".."].type, wasi::filetype::directory);
  struct ::stat host{};
  ASSERT_EQ(::stat((root() / "file").c_str(), &host), 0);
  EXPECT_EQ(entries["file"].inode, host.st_ino);

  for (int i = 0; i < 300; ++i) write_file(root() / ("entry" + std::to_string(i)), "");
  for (const uint32_t size : {40u, 100u, 4096u, 65'536u})
    EXPECT_EQ(list(*guest, kRoot, size).size(), 306u) << size;
}

TEST_F(WasiFile, ListsFromAnyCookie) {
  for (int i = 0; i < 20; ++i) write_file(root() / ("entry" + std::to_string(i)), "");
  const auto entries = list(*guest, kRoot, 4096);
  for (const auto& [name, listed] : entries) {
    EXPECT_EQ(guest->call("fd_readdir", {kRoot, Guest::kData, 4096, listed.cookie, Guest::kResult}),
              Errno::success);
    const auto head = guest->get<wasi::Dirent>(Guest::kData);
    EXPECT_EQ(guest->get_text(Guest::kData + 24, head.name_length), name);
  }
  for (const uint64_t cookie : {uint64_t{22}, uint64_t{23}, uint64_t{1} << 32, UINT64_MAX}) {
    EXPECT_EQ(guest->call("fd_readdir", {kRoot, Guest::kData, 4096, cookie, Guest::kResult}),
              Errno::success);
    EXPECT_EQ(guest->result(), 0u) << cookie;
  }
  // A new round sees what has changed.
  fs::remove(root() / "entry7");
  write_file(root() / "new", "");
  const auto changed = list(*guest, kRoot, 100);
  EXPECT_FALSE(changed.contains("entry7"));
  EXPECT_TRUE(changed.contains("new"));
  EXPECT_EQ(guest->call("fd_readdir", {kRoot, Guest::kData, 0, 0, Guest::kResult}), Errno::success);
  EXPECT_EQ(guest->result(), 0u);
}

/// What there is at a number before a renumbering.
enum class Slot { closed, file, directory, preopen, standard, far };

TEST_F(WasiFile, RenumbersInEveryCombination) {
  const Slot slots[] = {Slot::closed,  Slot::file,     Slot::directory,
                        Slot::preopen, Slot::standard, Slot::far};
  for (const Slot from_slot : slots) {
    for (const Slot to_slot : slots) {
      for (const bool same : {false, true}) {
        if (same && from_slot != to_slot) continue;
        const std::string root_path = root().string();
        const wasi::Preopen preopens[] = {{root_path, "one"}, {root_path, "two"}};
        Guest own({.preopens = preopens});
        int files = 0;
        auto make = [&](Slot slot, unsigned which) -> Fd {
          switch (slot) {
          case Slot::closed: return 100 + which;
          case Slot::file: return own.open(3, "file" + std::to_string(files++), oflags::creat);
          case Slot::directory: return own.open_directory(3, ".");
          case Slot::preopen: return 3 + which;
          case Slot::standard: return which;
          case Slot::far: return UINT32_MAX - which;
          }
          return 0;
        };
        const Fd from = make(from_slot, 0);
        const Fd to = same ? from : make(to_slot, 1);
        auto is_open = [](Slot slot) { return slot != Slot::closed && slot != Slot::far; };
        const bool good = is_open(from_slot) && is_open(to_slot);
        wasi::FdStat before{};
        if (good) before = own.fdstat(from);
        EXPECT_EQ(own.call("fd_renumber", {from, to}), good ? Errno::success : Errno::badf)
            << static_cast<int>(from_slot) << " " << static_cast<int>(to_slot);
        if (!good) {
          for (const auto& [slot, fd] : {std::pair(from_slot, from), std::pair(to_slot, to)})
            EXPECT_EQ(own.call("fd_fdstat_get", {fd, Guest::kResult}),
                      is_open(slot) ? Errno::success : Errno::badf);
          continue;
        }
        const wasi::FdStat after = own.fdstat(to);
        EXPECT_EQ(std::memcmp(&before, &after, sizeof before), 0);
        if (same) continue;
        EXPECT_EQ(own.call("fd_fdstat_get", {from, Guest::kResult}), Errno::badf);
        // A preopen keeps its name.
        EXPECT_EQ(own.call("fd_prestat_get", {to, Guest::kResult}),
                  from_slot == Slot::preopen ? Errno::success : Errno::badf);
        EXPECT_EQ(own.close(to), Errno::success);
        if (from_slot == Slot::preopen && to_slot == Slot::preopen) continue;
        // Both numbers are free again, the lower first.
        const Fd directory = from_slot == Slot::preopen ? 4 : 3;
        EXPECT_EQ(own.open_directory(directory, "."), std::min(from, to));
      }
    }
  }
}

TEST_F(WasiFile, RenumbersWithoutLeaking) {
  auto open_files = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = open_files();
  for (int i = 0; i < 5000; ++i) {
    const Fd a = guest->open(kRoot, "a", oflags::creat);
    const Fd b = guest->open(kRoot, "b", oflags::creat);
    ASSERT_EQ(guest->call("fd_renumber", {a, b}), Errno::success);
    // A million times in all, most of which change nothing.
    for (int j = 0; j < 200; ++j) {
      const bool same = j % 2 == 0;
      ASSERT_EQ(guest->call("fd_renumber", {same ? b : a, b}), same ? Errno::success : Errno::badf);
    }
    ASSERT_EQ(guest->close(b), Errno::success);
  }
  EXPECT_EQ(open_files(), before);
}

TEST_F(WasiFile, NamesPreopens) {
  EXPECT_EQ(guest->call("fd_prestat_get", {kReadOnly, Guest::kResult}), Errno::success);
  const auto stat = guest->get<wasi::Prestat>(Guest::kResult);
  EXPECT_EQ(stat.tag, 0);
  EXPECT_EQ(stat.name_length, 6u);
  guest->put_text(Guest::kData, "xxxxxxxxxx");
  EXPECT_EQ(guest->call("fd_prestat_dir_name", {kReadOnly, Guest::kData, 5}), Errno::nametoolong);
  EXPECT_EQ(guest->call("fd_prestat_dir_name", {kReadOnly, Guest::kData, 8}), Errno::success);
  EXPECT_EQ(guest->get_text(Guest::kData, 8), "/fixedxx");
  EXPECT_EQ(guest->call("fd_prestat_get", {0, Guest::kResult}), Errno::badf);
  EXPECT_EQ(guest->call("fd_prestat_get", {5, Guest::kResult}), Errno::badf);
  EXPECT_EQ(guest->call("fd_prestat_dir_name", {1, Guest::kData, 8}), Errno::badf);
  const Fd fd = guest->open_directory(kRoot, ".");
  EXPECT_EQ(guest->call("fd_prestat_get", {fd, Guest::kResult}), Errno::badf);
  EXPECT_EQ(guest->close(kRoot), Errno::success);
  EXPECT_EQ(guest->call("fd_prestat_get", {kRoot, Guest::kResult}), Errno::badf);
  EXPECT_EQ(guest->filestat(fd).filetype, wasi::filetype::directory);
}

TEST_F(WasiFile, BoundsTheNumberOfDescriptors) {
  const std::string root_path = root().string();
  const wasi::Preopen preopens[] = {{root_path, "/"}};
  Guest own({.preopens = preopens, .max_descriptors = 10});
  for (Fd fd = 4; fd < 10; ++fd) EXPECT_EQ(own.open_directory(3, "."), fd);
  EXPECT_EQ(own.path_open(3, ".", 0, 0), Errno::mfile);
  EXPECT_EQ(own.close(6), Errno::success);
  EXPECT_EQ(own.open_directory(3, "."), 6u);
  EXPECT_EQ(own.path_open(3, ".", 0, 0), Errno::mfile);
}

TEST_F(WasiFile, OpensUntilTheHostHasNoMore) {
  // A million times, of which the host or the table gives what it has.
  std::vector<Fd> opened;
  uint32_t error = Errno::success;
  for (int i = 0; i < 1'000'000 && error == Errno::success; ++i) {
    error = guest->path_open(kRoot, "file", oflags::creat, rights::fd_read);
    if (error == Errno::success) opened.push_back(guest->result());
  }
  EXPECT_TRUE(error == Errno::mfile || error == Errno::nfile) << error;
  EXPECT_LE(opened.size(), 65'536u);
  for (const Fd fd : opened) EXPECT_EQ(guest->close(fd), Errno::success);
  EXPECT_EQ(guest->path_open(kRoot, "file", 0, rights::fd_read), Errno::success);
}

TEST_F(WasiFile, BoundsTheNumberOfPieces) {
  constexpr uint32_t kMany = 65'536;
  const std::string root_path = root().string();
  const wasi::Preopen preopens[] = {{root_path, "/"}};
  Guest own({.preopens = preopens}, 32);
  const Fd fd = own.open(3, "file", oflags::creat);
  own.put(Guest::kData + (kMany - 1) * 8, wasi::IoVec{Guest::kPath, 1});
  own.put(Guest::kData + kMany * 8, wasi::IoVec{Guest::kPath, 1});
  // All but the last are empty.
  EXPECT_EQ(own.call("fd_write", {fd, Guest::kData, kMany, Guest::kResult}), Errno::success);
  EXPECT_EQ(own.result(), 1u);
  for (const char* name : {"fd_read", "fd_write"})
    EXPECT_EQ(own.call(name, {fd, Guest::kData, kMany + 1, Guest::kResult}), Errno::inval);
  for (const char* name : {"fd_pread", "fd_pwrite"})
    EXPECT_EQ(own.call(name, {fd, Guest::kData, kMany + 1, 0, Guest::kResult}), Errno::inval);
  EXPECT_EQ(own.filestat(fd).size, 1u);
}

TEST_F(WasiFile, KeepsItsTableUnderThreads) {
  // The table is what threads share; each has a store and an instance of its own, which matters
  // little to these calls, since none of them touches memory.
  write_file(root() / "file", "x");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        const auto fd = static_cast<Fd>(5 + (i * 7 + t) % 8);
        switch ((i + t) % 3) {
        case 0: guest->call("fd_close", {fd}); break;
        case 1: guest->call("fd_renumber", {fd, 5 + (fd + 1) % 8}); break;
        default: guest->call("fd_advise", {fd, 0, 0, 0}); break;
        }
      }
    });
  }
  for (int i = 0; i < 2000; ++i) guest->path_open(kRoot, "file", 0, Guest::kReadWrite);
  for (std::thread& thread : threads) thread.join();
  for (Fd fd = 0; fd < 3000; ++fd) guest->close(fd);
  EXPECT_EQ(guest->call("fd_fdstat_get", {kRoot, Guest::kResult}), Errno::badf);
}

TEST_F(WasiFile, ReadsAndWritesPipesWithoutBlocking) {
  ASSERT_EQ(mkfifo((root() / "fifo").c_str(), 0600), 0);
  // Opening does not wait for the other side.
  const Fd reader = guest->open(kRoot, "fifo", 0, Guest::kRead, 0, fdflags::nonblock);
  EXPECT_EQ(guest->fdstat(reader).filetype, wasi::filetype::unknown);
  const Fd writer = guest->open(kRoot, "fifo", 0, rights::fd_write, 0, fdflags::nonblock);
  EXPECT_EQ(guest->read(reader, 10), Errno::again);
  EXPECT_EQ(guest->write(writer, "text"), Errno::success);
  EXPECT_EQ(guest->read(reader, 10), Errno::success);
  EXPECT_EQ(guest->data(), "text");
  EXPECT_EQ(guest->seek(reader, 0, 1), Errno::notcapable);
  uint32_t status = 0;
  const std::string block(65'536, 'x');
  for (int i = 0; i < 100 && status == 0; ++i) status = guest->write(writer, block);
  EXPECT_EQ(status, Errno::again);
  // Nobody is left to read: an error, and no signal.
  EXPECT_EQ(guest->close(reader), Errno::success);
  EXPECT_EQ(guest->write(writer, "text"), Errno::pipe);
}

} // namespace
} // namespace waxwing::wasi_test
