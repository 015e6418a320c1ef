// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attempts to get out of a preopened folder. Beside it lies a canary, which must stay unread,
// unchanged and where it is. Everything is tried in both ways of following paths; `make
// check-escape` runs this file alone, and prints at its end how much was tried.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <set>
#include <thread>

#include "support/wasi_guest.hpp"

namespace waxwing::wasi_test {
namespace {

constexpr std::string_view kCanary = "nobody reads this";
/// Calls of `path_open` in each race.
constexpr unsigned kRaceCalls = 100'000;

/// What was tried, in all tests together.
struct Tally {
  std::set<std::string> paths;
  uint64_t attempts = 0;
  uint64_t race_calls = 0;
  uint64_t race_opened = 0;
};
Tally tally;

class PrintTally : public testing::Environment {
  void TearDown() override {
    if (tally.attempts == 0) return;
    const bool one_call =
        platform::open_directory_beneath(platform::open_root("/").value().get(), ".").has_value();
    std::printf("escape: %zu paths that lead out, %llu attempts with them, one by one and by "
                "openat2%s\n"
                "escape: %llu path_open in races with another thread, %llu of which opened a file "
                "inside\n"
                "escape: the canary outside was %s\n",
                tally.paths.size(), static_cast<unsigned long long>(tally.attempts),
                one_call ? "" : " (which this system lacks)",
                static_cast<unsigned long long>(tally.race_calls),
                static_cast<unsigned long long>(tally.race_opened),
                testing::UnitTest::GetInstance()->Failed()
                    ? "NOT out of reach: see above"
                    : "never read, written, created, removed or listed");
  }
};
[[maybe_unused]] const testing::Environment* const printed =
    testing::AddGlobalTestEnvironment(new PrintTally);

/// The tree: root/ with a, a/b, a/b/file, file, and every kind of link; outside/canary and
/// outside/directory/canary beside it. `root` is descriptor 3.
class WasiEscape : public WasiTest, public testing::WithParamInterface<wasi::PathSearch> {
 protected:
  WasiEscape() : WasiTest(GetParam()) {
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

  static bool refused(uint32_t error) {
    ++tally.attempts;
    return error != Errno::success;
  }

  /// Nothing that takes a path gets at `path`.
  void expect_out_of_reach(std::string_view path) {
    SCOPED_TRACE(path);
    tally.paths.emplace(path);
    Guest& g = *guest;
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

TEST_P(WasiEscape, PathsThatLeadOut) {
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

TEST_P(WasiEscape, LinksThatLeadOut) {
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

TEST_P(WasiEscape, PathsThatStayInside) {
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

TEST_P(WasiEscape, DescriptorsBelowAreRootsToo) {
  const Fd a = guest->open_directory(kRoot, "a");
  for (const char* path : {"..", "../file", "b/../../file", "../../canary", "b/root/file",
                           "b/root/a/b/file", "b/up3", "b/root"}) {
    EXPECT_EQ(guest->path_open(a, path, 0, 0, 0, 0, true), Errno::notcapable) << path;
  }
  EXPECT_EQ(guest->path_open(a, "b/file", 0, 0), Errno::success);
}

TEST_P(WasiEscape, LinksMadeByTheGuest) {
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

TEST_P(WasiEscape, NamesOnlyWhatItRemovesOrRenames) {
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

TEST_P(WasiEscape, StrangeNames) {
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

TEST_P(WasiEscape, FollowsFortyLinks) {
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

TEST_P(WasiEscape, ManyNames) {
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
  // More than a walk takes: each of these goes all the way down again. The system doesn't.
  for (int i = 0; i < 100; ++i) down += "../d/";
  const uint32_t error = guest->stat_path(kRoot, down);
  EXPECT_TRUE(error == Errno::loop ||
              (GetParam() == wasi::PathSearch::automatic && error == Errno::success))
      << error;
}

TEST_P(WasiEscape, BetweenPreopens) {
  // What moves between two of them keeps below both.
  const std::string root_path = root().string();
  const std::string a_path = (root() / "a").string();
  const wasi::Preopen preopens[] = {{root_path, "/"}, {a_path, "/a"}};
  Guest own({.preopens = preopens, .path_search = GetParam()});
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

TEST_P(WasiEscape, SpecialFiles) {
  ASSERT_EQ(mkfifo((root() / "fifo").c_str(), 0600), 0);
  // Nobody is at the other side: it must not wait.
  EXPECT_EQ(guest->path_open(kRoot, "fifo", 0, rights::fd_write), Errno::nxio);
  EXPECT_EQ(guest->path_open(kRoot, "fifo", 0, Guest::kRead), Errno::success);
  EXPECT_EQ(guest->path_open(kRoot, "fifo", oflags::directory, Guest::kRead), Errno::notdir);
  EXPECT_EQ(guest->path_open(kRoot, "fifo/", 0, Guest::kRead), Errno::notdir);
}

/// Does `change` again and again in a thread of its own.
class Meanwhile {
 public:
  template <class Change>
  explicit Meanwhile(Change change)
      : thread_([this, change] {
          while (!stop_.load()) change();
        }) {}
  ~Meanwhile() {
    stop_.store(true);
    thread_.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// The names in the directory that `fd` is.
std::set<std::string> names_in(Guest& guest, Fd fd) {
  std::set<std::string> names;
  EXPECT_EQ(guest.call("fd_readdir", {fd, Guest::kData, 4096, 0, Guest::kResult}), Errno::success);
  const uint32_t used = guest.result();
  for (uint32_t at = 0; at + sizeof(wasi::Dirent) <= used;) {
    const auto head = guest.get<wasi::Dirent>(Guest::kData + at);
    at += sizeof head;
    names.insert(guest.get_text(Guest::kData + at, head.name_length));
    at += head.name_length;
  }
  return names;
}

TEST_P(WasiEscape, RaceBetweenDirectoryAndLink) {
  // "swap" is a directory and a link to the one outside in turn, while the guest uses paths through
  // it in every way.
  fs::create_directories(root() / "swap" / "inner");
  write_file(root() / "swap" / "canary", "inside");
  write_file(root() / "swap" / "inner" / "canary", "inside");
  fs::create_symlink("../directory", root() / "bad");
  const std::string swap = (root() / "swap").string();
  const std::string bad = (root() / "bad").string();
  const auto written = fs::last_write_time(outside() / "directory" / "canary");
  Guest& g = *guest;
  uint64_t opened = 0;
  {
    // The two change places at once.
    Meanwhile swapping(
        [&] { (void)renameat2(AT_FDCWD, swap.c_str(), AT_FDCWD, bad.c_str(), RENAME_EXCHANGE); });
    constexpr const char* kPaths[] = {"swap/canary", "swap/inner/../canary", "swap/inner/canary",
                                      "swap/../swap/canary", "swap/./canary"};
    for (unsigned i = 0; i < kRaceCalls; ++i) {
      const char* path = kPaths[i % std::size(kPaths)];
      if (g.path_open(kRoot, path, 0, Guest::kRead, 0, 0, i % 2 == 0) == Errno::success) {
        const Fd fd = g.result();
        EXPECT_EQ(g.read(fd, 100), Errno::success);
        EXPECT_EQ(g.data(), "inside");
        EXPECT_EQ(g.close(fd), Errno::success);
        ++opened;
      }
      // Whichever of these gets through, gets through inside.
      switch (i % 16) {
      case 0: (void)g.on_path("path_create_directory", kRoot, "swap/new"); break;
      case 1: (void)g.on_path("path_remove_directory", kRoot, "swap/new"); break;
      case 2:
        if (g.path_open(kRoot, "swap/made", oflags::creat, Guest::kReadWrite) == Errno::success)
          (void)g.close(g.result());
        break;
      case 3: (void)g.rename(kRoot, "swap/made", kRoot, "swap/moved"); break;
      case 4: (void)g.on_path("path_unlink_file", kRoot, "swap/moved"); break;
      case 5: (void)g.symlink("canary", kRoot, "swap/link"); break;
      case 6: (void)g.on_path("path_unlink_file", kRoot, "swap/link"); break;
      case 7: (void)g.link(kRoot, "swap/canary", kRoot, "taken", true); break;
      case 8:
        if (g.path_open(kRoot, "taken", 0, Guest::kRead) == Errno::success) {
          const Fd fd = g.result();
          EXPECT_EQ(g.read(fd, 100), Errno::success);
          EXPECT_EQ(g.data(), "inside");
          (void)g.close(fd);
        }
        (void)g.on_path("path_unlink_file", kRoot, "taken");
        break;
      case 9: (void)g.set_path_times(kRoot, "swap/canary", 1, true); break;
      case 10:
        if (g.path_open(kRoot, "swap/canary", 0, Guest::kReadWrite) == Errno::success) {
          const Fd fd = g.result();
          (void)g.write(fd, "inside");
          (void)g.close(fd);
        }
        break;
      case 11:
        if (g.path_open(kRoot, "swap", oflags::directory, rights::directory, rights::all, 0,
                        true) == Errno::success) {
          const Fd fd = g.result();
          EXPECT_TRUE(names_in(g, fd).contains("inner"));
          (void)g.close(fd);
        }
        break;
      case 12:
        if (g.stat_path(kRoot, "swap/canary", true) == Errno::success)
          EXPECT_EQ(g.get<wasi::FileStat>(Guest::kResult).size, 6u);
        break;
      default: break;
      }
    }
  }
  tally.race_calls += kRaceCalls;
  tally.race_opened += opened;
  EXPECT_GT(opened, 0u);
  EXPECT_LE(opened, uint64_t{kRaceCalls});
  EXPECT_EQ(fs::last_write_time(outside() / "directory" / "canary"), written);
}

TEST_P(WasiEscape, RaceWithADirectoryThatLeaves) {
  // "leaves/inner" is inside and two levels outside in turn, so that `..` of what was opened inside
  // leads to somewhere else by the time it is followed.
  fs::create_directories(root() / "leaves" / "inner");
  fs::create_directories(outside() / "directory" / "holder");
  fs::create_symlink("../../directory", root() / "leaves" / "link");
  write_file(root() / "canary", "inside");
  write_file(root() / "leaves" / "canary", "inside");
  const std::string in = (root() / "leaves" / "inner").string();
  const std::string out = (outside() / "directory" / "inner").string();
  uint64_t opened = 0;
  {
    Meanwhile moving([&] {
      (void)std::rename(in.c_str(), out.c_str());
      (void)std::rename(out.c_str(), in.c_str());
    });
    constexpr const char* kPaths[] = {"leaves/inner/../canary", "leaves/inner/../../canary",
                                      "leaves/inner/./../canary"};
    for (unsigned i = 0; i < kRaceCalls; ++i) {
      const char* path = kPaths[i % std::size(kPaths)];
      if (guest->path_open(kRoot, path, 0, Guest::kRead, 0, 0, i % 2 == 0) != Errno::success)
        continue;
      const Fd fd = guest->result();
      EXPECT_EQ(guest->read(fd, 100), Errno::success);
      EXPECT_EQ(guest->data(), "inside");
      EXPECT_EQ(guest->close(fd), Errno::success);
      ++opened;
    }
  }
  tally.race_calls += kRaceCalls;
  tally.race_opened += opened;
  EXPECT_GT(opened, 0u);
  fs::remove_all(outside() / "directory" / "holder");
  fs::remove_all(out);
}

INSTANTIATE_TEST_SUITE_P(Paths, WasiEscape,
                         testing::Values(wasi::PathSearch::automatic, wasi::PathSearch::walk),
                         [](const testing::TestParamInfo<wasi::PathSearch>& of) {
                           return of.param == wasi::PathSearch::walk ? "walk" : "automatic";
                         });

} // namespace
} // namespace waxwing::wasi_test
