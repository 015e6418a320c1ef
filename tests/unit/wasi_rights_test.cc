// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <functional>

#include "support/wasi_guest.hpp"

namespace waxwing::wasi_test {
namespace {

using WasiRights = WasiTest;

TEST_F(WasiRights, AreOnlyEverNarrowed) {
  const Fd fd = guest->open(kRoot, "file", oflags::creat);
  EXPECT_EQ(guest->fdstat(fd).rights_base, rights::regular_file);
  EXPECT_EQ(guest->fdstat(fd).rights_inheriting, 0u);
  auto set = [&](Fd which, wasi::Rights base, wasi::Rights inheriting) {
    return guest->call("fd_fdstat_set_rights", {which, base, inheriting});
  };
  EXPECT_EQ(set(fd, rights::fd_read | rights::fd_seek, 0), Errno::success);
  EXPECT_EQ(guest->fdstat(fd).rights_base, rights::fd_read | rights::fd_seek);
  EXPECT_EQ(set(fd, rights::regular_file, 0), Errno::notcapable);
  EXPECT_EQ(set(fd, rights::fd_read, rights::fd_read), Errno::notcapable);
  EXPECT_EQ(set(fd, rights::fd_read | rights::fd_seek, 0), Errno::success);
  EXPECT_EQ(guest->write(fd, "x"), Errno::notcapable);
  EXPECT_EQ(guest->call("fd_filestat_get", {fd, Guest::kResult}), Errno::notcapable);
  EXPECT_EQ(guest->call("fd_fdstat_set_flags", {fd, 0}), Errno::notcapable);
  EXPECT_EQ(guest->read(fd, 1), Errno::success);
  EXPECT_EQ(set(fd, 0, 0), Errno::success);
  EXPECT_EQ(guest->read(fd, 1), Errno::notcapable);
  EXPECT_EQ(set(99, 0, 0), Errno::badf);
}

TEST_F(WasiRights, OfADirectoryBoundWhatIsOpenedThroughIt) {
  write_file(root() / "file", "content");
  const Fd limited =
      guest->open_directory(kRoot, ".", rights::path_open, rights::fd_read | rights::fd_seek);
  EXPECT_EQ(guest->fdstat(limited).rights_base, rights::path_open);
  EXPECT_EQ(guest->path_open(limited, "file", 0, rights::fd_read), Errno::success);
  EXPECT_EQ(guest->path_open(limited, "file", 0, rights::fd_read | rights::fd_write),
            Errno::notcapable);
  EXPECT_EQ(guest->path_open(limited, "file", 0, 0, rights::fd_write), Errno::notcapable);
  EXPECT_EQ(guest->path_open(limited, "file", oflags::creat, 0), Errno::notcapable);
  EXPECT_EQ(guest->path_open(limited, "file", oflags::trunc, 0), Errno::notcapable);
  EXPECT_EQ(guest->path_open(limited, "file", 0, 0, 0, fdflags::sync), Errno::notcapable);
  EXPECT_EQ(guest->path_open(limited, "file", 0, 0, 0, fdflags::dsync), Errno::notcapable);
  EXPECT_EQ(guest->path_open(limited, ".", oflags::directory, 0, rights::fd_write),
            Errno::notcapable);
  EXPECT_EQ(guest->stat_path(limited, "file"), Errno::notcapable);
  EXPECT_EQ(guest->on_path("path_unlink_file", limited, "file"), Errno::notcapable);
  EXPECT_EQ(read_file(root() / "file"), "content");
}

TEST_F(WasiRights, EachFunctionNeedsItsOwn) {
  write_file(root() / "file", "content");
  fs::create_directory(root() / "sub");
  fs::create_symlink("file", root() / "link");
  struct Need {
    wasi::Rights right;
    std::function<uint32_t(Fd)> call;
  };
  const Need needs[] = {
      {rights::path_create_directory,
       [&](Fd fd) { return guest->on_path("path_create_directory", fd, "new"); }},
      {rights::path_remove_directory,
       [&](Fd fd) { return guest->on_path("path_remove_directory", fd, "new"); }},
      {rights::path_symlink, [&](Fd fd) { return guest->symlink("x", fd, "new"); }},
      {rights::path_unlink_file,
       [&](Fd fd) { return guest->on_path("path_unlink_file", fd, "new"); }},
      {rights::path_readlink, [&](Fd fd) { return guest->readlink(fd, "link"); }},
      {rights::path_filestat_get, [&](Fd fd) { return guest->stat_path(fd, "file"); }},
      {rights::path_filestat_set_times,
       [&](Fd fd) { return guest->set_path_times(fd, "file", 1); }},
      {rights::path_link_source, [&](Fd fd) { return guest->link(fd, "file", kRoot, "hard1"); }},
      {rights::path_link_target, [&](Fd fd) { return guest->link(kRoot, "file", fd, "hard2"); }},
      {rights::path_rename_source,
       [&](Fd fd) { return guest->rename(fd, "hard1", kRoot, "moved"); }},
      {rights::path_rename_target,
       [&](Fd fd) { return guest->rename(kRoot, "hard2", fd, "moved2"); }},
      {rights::path_open, [&](Fd fd) { return guest->path_open(fd, "file", 0, 0); }},
      {rights::path_open | rights::path_create_file,
       [&](Fd fd) { return guest->path_open(fd, "created", oflags::creat, 0); }},
      {rights::path_open | rights::path_filestat_set_size,
       [&](Fd fd) { return guest->path_open(fd, "moved", oflags::trunc, 0); }},
      {rights::fd_readdir,
       [&](Fd fd) {
         return guest->call("fd_readdir", {fd, Guest::kData, 100, 0, Guest::kResult});
       }},
      {rights::fd_filestat_get,
       [&](Fd fd) { return guest->call("fd_filestat_get", {fd, Guest::kResult}); }},
      {rights::fd_filestat_set_times,
       [&](Fd fd) { return guest->call("fd_filestat_set_times", {fd, 0, 0, 2}); }},
      {rights::fd_sync, [&](Fd fd) { return guest->call("fd_sync", {fd}); }},
  };
  for (const Need& need : needs) {
    // Every other right does not help, and no other is needed.
    const wasi::Rights last =
        need.right & ~(need.right == rights::path_open ? 0 : rights::path_open);
    const Fd without = guest->open_directory(kRoot, ".", rights::directory & ~last);
    EXPECT_EQ(need.call(without), Errno::notcapable) << need.right;
    const Fd with = guest->open_directory(kRoot, ".", need.right);
    EXPECT_EQ(need.call(with), Errno::success) << need.right;
  }
}

TEST_F(WasiRights, OfAFileAreThoseAskedFor) {
  write_file(root() / "file", "content");
  const Fd none = guest->open(kRoot, "file", 0, 0);
  EXPECT_EQ(guest->fdstat(none).rights_base, 0u);
  EXPECT_EQ(guest->read(none, 1), Errno::notcapable);
  const Fd reader = guest->open(kRoot, "file", 0, rights::fd_read);
  EXPECT_EQ(guest->read(reader, 1), Errno::success);
  EXPECT_EQ(guest->write(reader, "x"), Errno::notcapable);
  EXPECT_EQ(guest->call("fd_tell", {reader, Guest::kResult}), Errno::notcapable);
  EXPECT_EQ(guest->seek(reader, 0, 1), Errno::notcapable);
  guest->put(Guest::kVector, wasi::IoVec{Guest::kData, 1});
  EXPECT_EQ(guest->call("fd_pread", {reader, Guest::kVector, 1, 0, Guest::kResult}),
            Errno::notcapable);
  const Fd teller = guest->open(kRoot, "file", 0, rights::fd_tell);
  EXPECT_EQ(guest->seek(teller, 0, 1), Errno::success);
  EXPECT_EQ(guest->seek(teller, 1, 1), Errno::notcapable);
  const Fd seeker = guest->open(kRoot, "file", 0, rights::fd_seek);
  EXPECT_EQ(guest->call("fd_tell", {seeker, Guest::kResult}), Errno::success);
  const Fd writer = guest->open(kRoot, "file", 0, rights::fd_write);
  EXPECT_EQ(guest->read(writer, 1), Errno::notcapable);
  EXPECT_EQ(guest->write(writer, "C"), Errno::success);
  EXPECT_EQ(guest->call("fd_filestat_set_size", {writer, 0}), Errno::notcapable);
  EXPECT_EQ(guest->call("fd_allocate", {writer, 0, 100}), Errno::notcapable);
  EXPECT_EQ(read_file(root() / "file"), "Content");
}

TEST_F(WasiRights, OfAFileThatCannotBeWritten) {
  // Asked for everything but writing, as some C libraries do for a directory.
  const wasi::Rights base = rights::all & ~rights::fd_write;
  const Fd directory = guest->open(kRoot, ".", 0, base, rights::all);
  EXPECT_EQ(guest->fdstat(directory).rights_base, rights::directory);
  EXPECT_EQ(guest->path_open(kRoot, ".", oflags::directory, rights::fd_read | rights::fd_write),
            Errno::isdir);
  EXPECT_EQ(guest->path_open(kRoot, ".", oflags::trunc, rights::fd_read), Errno::isdir);
}

TEST_F(WasiRights, ReadOnlyPreopensRefuseEveryChange) {
  write_file(fixed() / "file", "content");
  write_file(root() / "mine", "mine");
  fs::create_directory(fixed() / "sub");
  fs::create_symlink("file", fixed() / "link");
  const auto before = fs::last_write_time(fixed() / "file");
  auto check = [&](Fd fd) {
    EXPECT_EQ(guest->path_open(fd, "file", 0, rights::fd_write), Errno::rofs);
    EXPECT_EQ(guest->path_open(fd, "file", oflags::trunc, rights::fd_read), Errno::rofs);
    EXPECT_EQ(guest->path_open(fd, "file", oflags::trunc, 0), Errno::rofs);
    EXPECT_EQ(guest->path_open(fd, "link", oflags::trunc, 0, 0, 0, true), Errno::rofs);
    EXPECT_EQ(guest->path_open(fd, "new", oflags::creat, rights::fd_read), Errno::rofs);
    EXPECT_EQ(guest->path_open(fd, "new", oflags::creat | oflags::excl, 0), Errno::rofs);
    EXPECT_EQ(guest->on_path("path_create_directory", fd, "new"), Errno::rofs);
    EXPECT_EQ(guest->on_path("path_remove_directory", fd, "sub"), Errno::rofs);
    EXPECT_EQ(guest->on_path("path_unlink_file", fd, "file"), Errno::rofs);
    EXPECT_EQ(guest->symlink("x", fd, "new"), Errno::rofs);
    EXPECT_EQ(guest->set_path_times(fd, "file", 1), Errno::rofs);
    EXPECT_EQ(guest->set_path_times(fd, "file", 1, true), Errno::rofs);
    // Nor may anything leave: through another name it could be written.
    EXPECT_EQ(guest->rename(fd, "file", kRoot, "taken"), Errno::rofs);
    EXPECT_EQ(guest->rename(kRoot, "mine", fd, "file"), Errno::rofs);
    EXPECT_EQ(guest->link(fd, "file", kRoot, "taken"), Errno::rofs);
    EXPECT_EQ(guest->link(fd, "link", kRoot, "taken", true), Errno::rofs);
    EXPECT_EQ(guest->link(kRoot, "mine", fd, "new"), Errno::rofs);
    EXPECT_EQ(guest->call("fd_filestat_set_times", {fd, 1, 1, 5}), Errno::rofs);
    EXPECT_EQ(guest->stat_path(fd, "file"), Errno::success);
    EXPECT_EQ(guest->readlink(fd, "link"), Errno::success);
    // Asking for all that a file may have is not asking to write.
    const Fd file = guest->open(fd, "file", 0, rights::all & ~rights::fd_write, rights::all);
    EXPECT_EQ(guest->read(file, 100), Errno::success);
    EXPECT_EQ(guest->data(), "content");
    EXPECT_EQ(guest->write(file, "x"), Errno::rofs);
    guest->put(Guest::kVector, wasi::IoVec{Guest::kData, 1});
    EXPECT_EQ(guest->call("fd_pwrite", {file, Guest::kVector, 1, 0, Guest::kResult}), Errno::rofs);
    EXPECT_EQ(guest->call("fd_filestat_set_size", {file, 0}), Errno::rofs);
    EXPECT_EQ(guest->call("fd_allocate", {file, 0, 100}), Errno::rofs);
    EXPECT_EQ(guest->call("fd_filestat_set_times", {file, 1, 1, 5}), Errno::rofs);
    EXPECT_EQ(guest->call("fd_fdstat_set_rights", {file, rights::all, 0}), Errno::notcapable);
  };
  check(kReadOnly);
  check(guest->open(kReadOnly, ".", 0, rights::all & ~rights::fd_write, rights::all));
  EXPECT_EQ(read_file(fixed() / "file"), "content");
  EXPECT_EQ(fs::last_write_time(fixed() / "file"), before);
  EXPECT_FALSE(fs::exists(root() / "taken"));
}

} // namespace
} // namespace waxwing::wasi_test
