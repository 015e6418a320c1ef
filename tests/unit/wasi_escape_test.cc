// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attempts to get out of a preopened folder. Beside it lies a canary, which must stay unread,
// unchanged and where it is.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "support/wasi_guest.hpp"

namespace waxwing::wasi_test {
namespace {

constexpr std::string_view kCanary = "nobody reads this";

/// The tree: root/ with a, a/b, a/b/file, file, and every kind of link; outside/canary and
/// outside/directory/canary beside it. `root` is descriptor 3.
class WasiEscape : public WasiTest {
 protected:
  WasiEscape() {
    fs::create_directories(root() / "a" / "b");
    write_file(root() / "file", "inside");
    write_file(root() / "a" / "b" / "file", "inside");
    write_file(outside() / "canary", kCanary);
    fs::create_directory(outside() / "directory");
    write_file(outside() / "directory" / "canary", kCanary);
    const auto link = [&](const fs::path& target, const char* name) {
      fs::create_symlink(target, root() / name);
    };
    link("../canary", "up");
    link("..", "parent");
    link("../directory", "up_directory");
    link(outside() / "canary", "absolute");
    link(outside() / "directory", "absolute_directory");
    link("/", "slash");
    link("/etc", "etc");
    link("/proc/self/cwd", "cwd");
    link("up", "chain");
    link("chain", "chain_of_chain");
    link("a/../../canary", "zigzag");
    link("a/b/../../../directory", "deep_zigzag");
    link("parent/canary", "through_parent");
    link("./././../canary", "dots");
    link("..//canary", "double");
    link("a/b", "good");
    link("a/b/../../file", "good_zigzag");
    link("loop", "loop");
    link("loop_b", "loop_a");
    link("loop_a", "loop_b");
    link("../root/file", "out_and_in");
    fs::create_symlink("../../../canary", root() / "a" / "b" / "up3");
    fs::create_symlink("../..", root() / "a" / "b" / "root");
  }

  void TearDown() override {
    EXPECT_EQ(read_file(outside() / "canary"), kCanary);
    EXPECT_EQ(read_file(outside() / "directory" / "canary"), kCanary);
    EXPECT_EQ(std::distance(fs::directory_iterator(outside() / "directory"), {}), 1);
    // root, fixed, canary and directory.
    EXPECT_EQ(std::distance(fs::directory_iterator(outside()), {}), 4);
    EXPECT_EQ(fs::hard_link_count(outside() / "canary"), 1u);
  }

  /// Nothing that takes a path gets at `path`.
  void expect_out_of_reach(std::string_view path) {
    SCOPED_TRACE(path);
    Guest& g = *guest;
    const auto refused = [](uint32_t error) { return error != Errno::success; };
    for (const bool follow : {false, true}) {
      SCOPED_TRACE(follow);
      for (const uint32_t flags :
           {0u, uint32_t{oflags::creat}, uint32_t{oflags::trunc}, uint32_t{oflags::directory},
            uint32_t{oflags::creat} | oflags::excl, uint32_t{oflags::creat} | oflags::trunc}) {
        EXPECT_PRED1(refused, g.path_open(kRoot, path, flags, Guest::kReadWrite, 0, 0, follow));
        EXPECT_PRED1(refused, g.path_open(kRoot, path, flags, 0, 0, 0, follow));
        EXPECT_PRED1(refused, g.path_open(kRoot, path, flags, rights::all, rights::all, 0, follow));
      }
      EXPECT_PRED1(refused, g.link(kRoot, path, kRoot, "linked", true));
    }
    EXPECT_PRED1(refused, g.stat_path(kRoot, path, true));
    EXPECT_PRED1(refused, g.set_path_times(kRoot, path, 1, true));
  }

  /// The same for what acts on the last name of a path itself: it does not get there either.
  void expect_name_out_of_reach(std::string_view path) {
    expect_out_of_reach(path);
    SCOPED_TRACE(path);
    Guest& g = *guest;
    const auto refused = [](uint32_t error) { return error != Errno::success; };
    EXPECT_PRED1(refused, g.stat_path(kRoot, path));
    EXPECT_PRED1(refused, g.set_path_times(kRoot, path, 1));
    EXPECT_PRED1(refused, g.readlink(kRoot, path));
    EXPECT_PRED1(refused, g.on_path("path_create_directory", kRoot, path));
    EXPECT_PRED1(refused, g.on_path("path_remove_directory", kRoot, path));
    EXPECT_PRED1(refused, g.on_path("path_unlink_file", kRoot, path));
    EXPECT_PRED1(refused, g.rename(kRoot, path, kRoot, "renamed"));
    EXPECT_PRED1(refused, g.rename(kRoot, "file", kRoot, path));
    EXPECT_PRED1(refused, g.link(kRoot, path, kRoot, "linked"));
    EXPECT_PRED1(refused, g.link(kRoot, "file", kRoot, path));
    EXPECT_PRED1(refused, g.symlink("file", kRoot, path));
  }
};

TEST_F(WasiEscape, PathsThatLeadOut) {
  const std::string absolute = (outside() / "canary").string();
  const std::string absolute_new = (outside() / "new").string();
  for (const std::string& path : std::initializer_list<std::string>{"../canary",
                                                                    "../new",
                                                                    "..",
                                                                    "../",
                                                                    "../.",
                                                                    "../..",
                                                                    "./..",
                                                                    "./../canary",
                                                                    ".//.././canary",
                                                                    "a/../../canary",
                                                                    "a/../../new",
                                                                    "a/b/../../../canary",
                                                                    "a/b/../../..",
                                                                    "a/./b/.././../../canary",
                                                                    "good/../../../canary",
                                                                    "a/b/root/../canary",
                                                                    "../root/file",
                                                                    "../root",
                                                                    "a/../../root/file",
                                                                    "../directory",
                                                                    "../directory/",
                                                                    "../directory/canary",
                                                                    "../directory/new",
                                                                    absolute,
                                                                    absolute_new,
                                                                    "/",
                                                                    "//",
                                                                    "/etc/passwd",
                                                                    "/proc/self/cwd",
                                                                    "/file",
                                                                    "parent/canary",
                                                                    "parent/new",
                                                                    "parent/",
                                                                    "parent/.",
                                                                    "parent/directory/canary",
                                                                    "up_directory/canary",
                                                                    "up_directory/new",
                                                                    "up_directory/",
                                                                    "up_directory/.",
                                                                    "up_directory/..",
                                                                    "absolute_directory/canary",
                                                                    "absolute_directory/",
                                                                    "slash/",
                                                                    "slash/etc/passwd",
                                                                    "etc/passwd",
                                                                    "etc/",
                                                                    "cwd/",
                                                                    "cwd/.",
                                                                    "deep_zigzag/canary",
                                                                    "deep_zigzag/",
                                                                    "a/b/root/../../canary",
                                                                    "loop/",
                                                                    "loop/file",
                                                                    "loop_a/",
                                                                    "up/",
                                                                    "chain/",
                                                                    "through_parent/",
                                                                    "absolute/"})
    expect_name_out_of_reach(path);
}

TEST_F(WasiEscape, LinksThatLeadOut) {
  for (const char* path :
       {"up",     "chain",  "chain_of_chain", "absolute",    "absolute_directory", "slash",
        "etc",    "cwd",    "zigzag",         "deep_zigzag", "through_parent",     "dots",
        "double", "parent", "up_directory",   "a/b/up3",     "good/up3",           "out_and_in",
        "loop",   "loop_a"})
    expect_out_of_reach(path);
  EXPECT_EQ(guest->path_open(kRoot, "up", 0, 0, 0, 0, true), Errno::notcapable);
  EXPECT_EQ(guest->path_open(kRoot, "up", 0, 0), Errno::loop);
  EXPECT_EQ(guest->path_open(kRoot, "loop", 0, 0, 0, 0, true), Errno::loop);
  EXPECT_EQ(guest->path_open(kRoot, "../canary", 0, 0), Errno::notcapable);
  EXPECT_EQ(guest->path_open(kRoot, "/file", 0, 0), Errno::notcapable);
}

TEST_F(WasiEscape, PathsThatStayInside) {
  for (const char* path :
       {"file", "./file", ".//file", "a/../file", "a/b/../../file", "a/b/../b/../../a/b/file",
        "good/file", "good/../../file", "a/b/root/file", "a/b/root/a/b/root/good/file",
        "good/root/good/root/file", "parent_is_a_name_too/../file", "good/./../b/file"}) {
    if (std::string_view(path).starts_with("parent_is"))
      fs::create_directory(root() / "parent_is_a_name_too");
    EXPECT_EQ(guest->path_open(kRoot, path, 0, Guest::kRead), Errno::success) << path;
    EXPECT_EQ(guest->read(guest->result(), 100), Errno::success);
    EXPECT_EQ(guest->data(), "inside") << path;
  }
  EXPECT_EQ(guest->path_open(kRoot, "good_zigzag", 0, Guest::kRead, 0, 0, true), Errno::success);
  for (const char* path : {"a/..", "a/b/..", "a/b/../..", ".", "./", "a/.", "good/root", "good/..",
                           "a/b/root/.", "a/../a/b/"}) {
    EXPECT_EQ(guest->path_open(kRoot, path, oflags::directory, 0, 0, 0, true), Errno::success)
        << path;
    EXPECT_EQ(guest->stat_path(kRoot, path, true), Errno::success) << path;
  }
  // What a path goes through must be there, and be a directory.
  EXPECT_EQ(guest->path_open(kRoot, "nothing/../file", 0, 0), Errno::noent);
  EXPECT_EQ(guest->path_open(kRoot, "file/../file", 0, 0), Errno::notdir);
  EXPECT_EQ(guest->path_open(kRoot, "file/", 0, 0), Errno::notdir);
  EXPECT_EQ(guest->path_open(kRoot, "file/.", 0, 0), Errno::notdir);
}

TEST_F(WasiEscape, DescriptorsBelowAreRootsToo) {
  const Fd a = guest->open_directory(kRoot, "a");
  for (const char* path : {"..", "../file", "b/../../file", "../../canary", "b/root/file",
                           "b/root/a/b/file", "b/up3", "b/root"}) {
    EXPECT_EQ(guest->path_open(a, path, 0, 0, 0, 0, true), Errno::notcapable) << path;
  }
  EXPECT_EQ(guest->path_open(a, "b/file", 0, 0), Errno::success);
}

TEST_F(WasiEscape, LinksMadeByTheGuest) {
  // Relative ones may say what they like; they are never followed out.
  EXPECT_EQ(guest->symlink("../canary", kRoot, "mine"), Errno::success);
  EXPECT_EQ(guest->symlink("../../canary", kRoot, "a/mine"), Errno::success);
  EXPECT_EQ(guest->symlink("..", kRoot, "dir"), Errno::success);
  EXPECT_EQ(guest->symlink("/etc/passwd", kRoot, "passwd"), Errno::notcapable);
  EXPECT_EQ(guest->symlink("//etc/passwd", kRoot, "passwd"), Errno::notcapable);
  expect_out_of_reach("mine");
  expect_out_of_reach("a/mine");
  expect_name_out_of_reach("dir/canary");
  // Nor does moving them elsewhere make a difference, or a hard link to them.
  EXPECT_EQ(guest->rename(kRoot, "a/mine", kRoot, "moved"), Errno::success);
  expect_out_of_reach("moved");
  EXPECT_EQ(guest->rename(kRoot, "a/b/up3", kRoot, "up1"), Errno::success);
  expect_out_of_reach("up1");
  EXPECT_EQ(guest->link(kRoot, "mine", kRoot, "a/hard"), Errno::success);
  EXPECT_EQ(guest->stat_path(kRoot, "a/hard"), Errno::success);
  EXPECT_EQ(guest->get<wasi::FileStat>(Guest::kResult).filetype, wasi::filetype::symbolic_link);
  expect_out_of_reach("a/hard/");
}

TEST_F(WasiEscape, NamesOnlyWhatItRemovesOrRenames) {
  // A link's own name may be removed, moved and described; what it points at is not touched.
  EXPECT_EQ(guest->stat_path(kRoot, "up"), Errno::success);
  EXPECT_EQ(guest->readlink(kRoot, "up"), Errno::success);
  EXPECT_EQ(guest->data(), "../canary");
  EXPECT_EQ(guest->set_path_times(kRoot, "up", 1), Errno::success);
  struct ::stat canary{};
  ASSERT_EQ(::stat((outside() / "canary").c_str(), &canary), 0);
  EXPECT_GT(canary.st_mtime, 1);
  EXPECT_EQ(guest->on_path("path_unlink_file", kRoot, "up"), Errno::success);
  EXPECT_EQ(guest->on_path("path_remove_directory", kRoot, "parent"), Errno::notdir);
  EXPECT_EQ(guest->on_path("path_unlink_file", kRoot, "parent"), Errno::success);
  EXPECT_EQ(guest->on_path("path_create_directory", kRoot, "absolute_directory"), Errno::exist);
  EXPECT_EQ(guest->rename(kRoot, "absolute", kRoot, "moved"), Errno::success);
  EXPECT_EQ(guest->rename(kRoot, "file", kRoot, "moved"), Errno::success);
  EXPECT_EQ(read_file(root() / "moved"), "inside");
}

TEST_F(WasiEscape, StrangeNames) {
  const std::string long_name(256, 'n');
  const std::string longest_name(255, 'n');
  std::string deep;
  while (deep.size() < 5000) deep += "a/../";
  const std::string deep_file = deep.substr(0, 4000) + "file";
  for (const auto& [path, error] : std::initializer_list<std::pair<std::string, Errno>>{
           {std::string("file\0", 5), Errno::inval},
           {std::string("fi\0le", 5), Errno::inval},
           {std::string("\0file", 5), Errno::inval},
           {std::string("up\0/../../canary", 16), Errno::inval},
           {"", Errno::noent},
           {long_name, Errno::nametoolong},
           {longest_name, Errno::noent},
           {long_name + "/file", Errno::nametoolong},
           {longest_name + "/file", Errno::noent},
           {deep, Errno::nametoolong},
           {std::string(4096, 'n'), Errno::nametoolong},
           {std::string(65'000, '/'), Errno::nametoolong},
           {"...", Errno::noent},
           {"....", Errno::noent},
           {"..file", Errno::noent},
           {"a\\..\\..\\canary", Errno::noent},
           {"C:\\", Errno::noent},
           {"\xFF\xFE", Errno::noent},
           {"..\xC0\xAF..\xC0\xAF"
            "canary",
            Errno::noent},
       })
    EXPECT_EQ(guest->path_open(kRoot, path, 0, 0), error.value()) << path.substr(0, 40);
  EXPECT_EQ(guest->path_open(kRoot, deep_file, 0, 0), Errno::success);
}

TEST_F(WasiEscape, FollowsFortyLinks) {
  fs::path previous = "file";
  for (int i = 1; i <= 41; ++i) {
    const std::string name = "link" + std::to_string(i);
    fs::create_symlink(previous, root() / name);
    previous = name;
  }
  EXPECT_EQ(guest->path_open(kRoot, "link40", 0, 0, 0, 0, true), Errno::success);
  EXPECT_EQ(guest->path_open(kRoot, "link41", 0, 0, 0, 0, true), Errno::loop);
  // Links that grow: a/a/a/...
  fs::create_symlink("grow/a", root() / "grow");
  EXPECT_EQ(guest->path_open(kRoot, "grow", 0, 0, 0, 0, true), Errno::loop);
  std::string wide = "wide";
  while (wide.size() < 4000) wide += "/a";
  fs::create_symlink(wide, root() / "wide");
  EXPECT_EQ(guest->path_open(kRoot, "wide", 0, 0, 0, 0, true), Errno::nametoolong);
  // Up and down again as often as fits takes bounded time.
  std::string zigzag = "a";
  while (zigzag.size() < 1500) zigzag = "good/../" + zigzag;
  EXPECT_NE(guest->path_open(kRoot, zigzag, 0, 0), Errno::success);
}

TEST_F(WasiEscape, ManyNames) {
  constexpr int kDepth = 300;
  std::string down;
  fs::path made = root();
  for (int i = 0; i < kDepth; ++i) {
    down += "d/";
    made /= "d";
    ASSERT_TRUE(fs::create_directory(made));
  }
  std::string up = down;
  for (int i = 0; i < kDepth; ++i) up += "../";
  EXPECT_EQ(guest->stat_path(kRoot, down), Errno::success);
  EXPECT_EQ(guest->stat_path(kRoot, up + "file"), Errno::success);
  EXPECT_EQ(guest->stat_path(kRoot, up + "../canary"), Errno::notcapable);
  // More than a walk takes: each of these goes all the way down again.
  for (int i = 0; i < 100; ++i) down += "../d/";
  EXPECT_EQ(guest->stat_path(kRoot, down), Errno::loop);
}

TEST_F(WasiEscape, BetweenPreopens) {
  // What moves between two of them keeps below both.
  const std::string root_path = root().string();
  const std::string a_path = (root() / "a").string();
  const wasi::Preopen preopens[] = {{root_path, "/"}, {a_path, "/a"}};
  Guest own({.preopens = preopens});
  EXPECT_EQ(own.path_open(4, "../file", 0, 0), Errno::notcapable);
  EXPECT_EQ(own.path_open(4, "b/root/file", 0, 0), Errno::notcapable);
  EXPECT_EQ(own.path_open(3, "a/b/root/file", 0, 0), Errno::success);
  EXPECT_EQ(own.rename(3, "file", 4, "../../canary"), Errno::notcapable);
  EXPECT_EQ(own.rename(4, "../../canary", 3, "mine"), Errno::notcapable);
  EXPECT_EQ(own.link(4, "../../canary", 3, "mine"), Errno::notcapable);
  EXPECT_EQ(own.link(3, "file", 4, "../../mine"), Errno::notcapable);
  EXPECT_EQ(own.rename(3, "file", 4, "b/root/mine"), Errno::notcapable);
  EXPECT_EQ(own.rename(3, "file", 4, "moved"), Errno::success);
  EXPECT_EQ(read_file(root() / "a" / "moved"), "inside");
}

TEST_F(WasiEscape, SpecialFiles) {
  ASSERT_EQ(mkfifo((root() / "fifo").c_str(), 0600), 0);
  // Nobody is at the other side: it must not wait.
  EXPECT_EQ(guest->path_open(kRoot, "fifo", 0, rights::fd_write), Errno::nxio);
  EXPECT_EQ(guest->path_open(kRoot, "fifo", 0, Guest::kRead), Errno::success);
  EXPECT_EQ(guest->path_open(kRoot, "fifo", oflags::directory, Guest::kRead), Errno::notdir);
  EXPECT_EQ(guest->path_open(kRoot, "fifo/", 0, Guest::kRead), Errno::notdir);
}

TEST_F(WasiEscape, RaceBetweenDirectoryAndLink) {
  // "swap" and "swap/inner" are directories and links to outside in turn, while the guest uses
  // paths through them, one of them up again.
  fs::create_directories(root() / "swap" / "inner");
  write_file(root() / "swap" / "canary", "inside");
  write_file(root() / "swap" / "inner" / "canary", "inside");
  fs::create_symlink("../directory", root() / "bad");
  const std::string swap = (root() / "swap").string();
  const std::string bad = (root() / "bad").string();
  const int here = ::open(root().c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_GE(here, 0);
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    while (!stop.load()) {
      // The two change places at once.
      (void)renameat2(AT_FDCWD, swap.c_str(), AT_FDCWD, bad.c_str(), RENAME_EXCHANGE);
    }
  });
  unsigned inside = 0;
  for (int i = 0; i < 30'000; ++i) {
    const char* path = i % 3 == 0   ? "swap/canary"
                       : i % 3 == 1 ? "swap/inner/../canary"
                                    : "swap/inner/canary";
    if (guest->path_open(kRoot, path, 0, Guest::kRead, 0, 0, i % 2 == 0) != Errno::success)
      continue;
    const Fd fd = guest->result();
    EXPECT_EQ(guest->read(fd, 100), Errno::success);
    EXPECT_EQ(guest->data(), "inside");
    EXPECT_EQ(guest->close(fd), Errno::success);
    ++inside;
    (void)guest->on_path("path_create_directory", kRoot, "swap/new");
    (void)guest->on_path("path_remove_directory", kRoot, "swap/new");
  }
  stop.store(true);
  swapper.join();
  ::close(here);
  EXPECT_GT(inside, 0u);
}

} // namespace
} // namespace waxwing::wasi_test
