// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "platform/socket.hpp"
#include "support/wasi_instance.hpp"
#include "wasi/bind.hpp"

/// Random calls of WASI functions, for fuzzing: any function, any arguments, and often enough
/// arguments that make sense, so that the calls get somewhere.
namespace waxwing::wasi_test {

/// What a parameter stands for; the arrays and paths are two of the guest.
enum class ArgumentKind : uint8_t { number, wide_number, pointer, bytes, vectors, path };

template <class T>
inline constexpr ArgumentKind kKindOf =
    sizeof(T) == 8 ? ArgumentKind::wide_number : ArgumentKind::number;
template <class T>
inline constexpr ArgumentKind kKindOf<wasi::Ptr<T>> = ArgumentKind::pointer;
template <>
inline constexpr ArgumentKind kKindOf<wasi::Bytes> = ArgumentKind::bytes;
template <>
inline constexpr ArgumentKind kKindOf<wasi::Array<wasi::IoVec>> = ArgumentKind::vectors;
template <>
inline constexpr ArgumentKind kKindOf<wasi::Path> = ArgumentKind::path;

struct WasiFunction {
  const char* name;
  std::vector<ArgumentKind> arguments;
};

template <class Result, class... Parameters>
WasiFunction describe(const char* name, Result (wasi::Process::*)(wasi::Call&, Parameters...)) {
  return {name, {kKindOf<Parameters>...}};
}

/// Every function, from its declaration.
inline const std::vector<WasiFunction>& wasi_functions() {
  static const std::vector<WasiFunction> functions = {
#define WAX_WASI(result, name, parameters) describe(#name, &wasi::Process::name),
#include "wasi/functions.def"
#undef WAX_WASI
  };
  return functions;
}

/// Makes temporary folders in memory, where there is that: thousands of files come and go.
inline void keep_folders_in_memory() {
  if (access("/dev/shm", W_OK) == 0) (void)setenv("TMPDIR", "/dev/shm", 0);
}

/// A guest that calls at random, with a folder to change, one to read, streams that have ended,
/// and sockets; and what lies outside of its folder, which must stay as it is.
class RandomCalls {
 public:
  explicit RandomCalls(wasi::PathSearch search = wasi::PathSearch::automatic) : search_(search) {
    // Files stay small: beyond that the system says so, by an error instead of a signal.
    constexpr rlim_t kLargestFile = 1 << 20;
    rlimit limit{};
    must(getrlimit(RLIMIT_FSIZE, &limit) == 0, "getrlimit");
    limit.rlim_cur = std::min(limit.rlim_max, kLargestFile);
    must(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit");
    (void)std::signal(SIGXFSZ, SIG_IGN);

    fs::create_directory(outside() / "other");
    for (const fs::path& file : {outside() / "canary", outside() / "other" / "canary"})
      std::ofstream(file) << "nobody reads this";
    fs::create_directory(outside() / "fixed");
    fs::create_directory(outside() / "fixed" / "dir");
    std::ofstream(outside() / "fixed" / "file") << "content";
    fs::create_symlink("../canary", outside() / "fixed" / "up");
    fs::create_directory(root());
    before_ = state();
    renew();
  }
  ~RandomCalls() {
    stop_.store(true);
    ticker_.join();
    guest_.reset();
    for (const int end : ends_) ::close(end);
  }
  RandomCalls(const RandomCalls&) = delete;

  /// A new guest in a new folder.
  void renew() {
    {
      const std::lock_guard guard(renewing_);
      interrupt_ = nullptr;
    }
    guest_.reset();
    for (const int end : ends_) ::close(end);
    ends_.clear();
    fs::remove_all(root());
    fs::create_directories(root() / "dir" / "sub");
    std::ofstream(root() / "file") << "content";
    std::ofstream(root() / "dir" / "file") << "content of another";
    for (const auto& [target, name] : {std::pair("../canary", "up"),
                                       {"..", "parent"},
                                       {"dir", "good"},
                                       {"/etc/passwd", "absolute"},
                                       {"loop", "loop"},
                                       {"../other", "other"},
                                       {"dir/../dir/sub/../../file", "zigzag"}})
      fs::create_symlink(target, root() / name);
    must(mkfifo((root() / "fifo").c_str(), 0600) == 0, "mkfifo");

    // What comes in has ended, and what goes out is swallowed.
    int input[2];
    must(pipe(input) == 0, "pipe");
    ::close(input[1]);
    ends_.push_back(input[0]);
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    must(null >= 0, "/dev/null");
    ends_.push_back(null);
    // A stream with something in it whose other side has gone, datagrams, and a listener that
    // nobody connects to.
    std::vector<platform::Handle> sockets;
    int stream[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, stream) == 0, "socketpair");
    must(::write(stream[1], "some input to read", 18) == 18, "write");
    ::close(stream[1]);
    int datagrams[2];
    must(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, datagrams) == 0, "socketpair");
    must(::write(datagrams[1], "one", 3) == 3, "write");
    ::close(datagrams[1]);
    auto listener = platform::listen_tcp("localhost", 0);
    must(listener.has_value(), "no socket can listen at 127.0.0.1");
    const int listening = listener->release().value;
    must(fcntl(listening, F_SETFL, O_NONBLOCK) == 0, "fcntl");
    for (const int fd : {stream[0], datagrams[0], listening}) {
      ends_.push_back(fd);
      sockets.push_back(platform::Handle{fd});
    }

    const std::string root_path = root().string();
    const std::string fixed_path = (outside() / "fixed").string();
    const wasi::Preopen preopens[] = {{root_path, "/"}, {fixed_path, "/fixed", true}};
    const std::string_view args[] = {"program", "--option", ""};
    const std::string_view env[] = {"NAME=value", "EMPTY="};
    guest_.emplace(wasi::WasiConfig{.args = args,
                                    .env = env,
                                    .preopens = preopens,
                                    .stdio = {platform::Handle{input[0]}, platform::Handle{null},
                                              platform::Handle{null}},
                                    .sockets = sockets,
                                    .max_descriptors = 64,
                                    .path_search = search_},
                   kPages);
    {
      const std::lock_guard guard(renewing_);
      interrupt_ = &guest_->store().interrupt_word;
    }
    functions_.clear();
    for (const char* module : {"wasi_snapshot_preview1", "wasi_unstable"})
      for (const WasiFunction& function : wasi_functions())
        functions_.push_back(guest_->function(module, function.name));
  }

  /// Makes one call, which `next()` decides: 64 random bits each time. Returns what the function
  /// did. Ends the program where that is no error that WASI knows.
  template <class Next>
  uint32_t call(Next&& next) {
    const auto which = static_cast<size_t>(next() % functions_.size());
    const WasiFunction& function = wasi_functions()[which % wasi_functions().size()];
    const std::string_view name = function.name;
    const bool unstable = which >= wasi_functions().size();
    std::vector<uint64_t> args;
    for (size_t i = 0; i < function.arguments.size(); ++i)
      add(args, function.arguments[i], i, next);
    bool waits = name == "sock_accept" || name == "sock_recv" || name == "fd_read" ||
                 name == "fd_pread" || name == "poll_oneoff";
    if (name == "poll_oneoff" && next() % 4 != 0) {
      args = subscriptions(unstable, next);
      waits = false;
    }
    // What may wait mostly finds that the guest is to stop; and otherwise hears of it soon.
    // The folders stay open for a while, since most calls need one.
    if ((name == "fd_close" || name == "fd_renumber") && next() % 16 != 0)
      for (uint64_t& fd : args)
        if (fd == 3 || fd == 4) fd = 5 + next() % 8;
    constexpr auto kStop = static_cast<uint32_t>(runtime::Interrupt::stop);
    guest_->store().interrupt_word.store(waits && next() % 16 != 0 ? kStop : 0);
    const uint32_t error = guest_->call(*functions_[which], args);
    const bool ends = name == "proc_exit" || name == "proc_raise";
    must(error <= 76 || error == kInterrupted || (ends && error == kExited), function.name);
    return error;
  }

  /// Whether everything is as it was but what is in the guest's own folder.
  [[nodiscard]] bool outside_untouched() const { return state() == before_; }

 private:
  static constexpr uint32_t kPages = 4;
  static constexpr uint64_t kMemory = kPages * 65'536;

  template <class Next>
  void add(std::vector<uint64_t>& args, ArgumentKind kind, size_t index, Next& next) {
    switch (kind) {
    case ArgumentKind::number:
      // Most functions begin with a descriptor.
      if (index == 0 && next() % 8 != 0)
        args.push_back(next() % 4 == 0 ? next() % 12 : 3 + next() % 2);
      else
        args.push_back(number(next));
      break;
    case ArgumentKind::wide_number: args.push_back(wide_number(next)); break;
    case ArgumentKind::pointer: args.push_back(pointer(next)); break;
    case ArgumentKind::bytes:
      args.push_back(pointer(next));
      args.push_back(next() % 8 == 0 ? number(next) : next() % 512);
      break;
    case ArgumentKind::vectors: {
      const uint64_t count = next() % 8 == 0 ? number(next) : next() % 6;
      uint64_t at = pointer(next);
      if (count < 8 && next() % 8 != 0) {
        at = next() % (kMemory - 64);
        for (uint32_t i = 0; i < count; ++i)
          guest_->put(
              static_cast<uint32_t>(at) + 8 * i,
              wasi::IoVec{static_cast<uint32_t>(pointer(next)),
                          static_cast<uint32_t>(next() % 8 == 0 ? number(next) : next() % 300)});
      }
      args.push_back(at);
      args.push_back(count);
      break;
    }
    case ArgumentKind::path: {
      uint64_t at = pointer(next);
      uint64_t length = next() % 64;
      if (next() % 8 != 0) {
        const std::string text = path(next);
        at = next() % (kMemory - 8192);
        guest_->put_text(static_cast<uint32_t>(at), text);
        length = text.size();
      }
      args.push_back(at);
      args.push_back(length);
      break;
    }
    }
  }

  template <class Next>
  static uint64_t pointer(Next& next) {
    const uint64_t bits = next();
    if (bits % 16 == 0) return number(next);
    return (bits >> 8) % kMemory;
  }

  template <class Next>
  static uint64_t number(Next& next) {
    constexpr uint32_t kEdges[] = {0x7FFF'FFFF, 0x8000'0000, 0xFFFF'FFFF, 0x2000'0000, 65'535,
                                   65'536,      65'537,      kMemory - 1, kMemory,     kMemory + 1,
                                   0xFFFF'FFF8, 4096,        255,         0x1FFF'FFFF};
    const uint64_t bits = next();
    if (bits % 16 == 0) return static_cast<uint32_t>(bits >> 8);
    if (bits % 16 == 1) return kEdges[(bits >> 8) % std::size(kEdges)];
    return (bits >> 8) % 24;
  }

  template <class Next>
  static uint64_t wide_number(Next& next) {
    const uint64_t bits = next();
    switch (bits % 8) {
    case 0: return next();
    case 1: return UINT64_MAX - (bits >> 8) % 4;
    case 2: return uint64_t{1} << (bits >> 8) % 64;
    case 3: return rights::regular_file & ~rights::changing;
    case 4: return rights::all & next();
    case 5: return rights::all;
    default: return (bits >> 8) % 4096;
    }
  }

  template <class Next>
  static std::string path(Next& next) {
    constexpr std::string_view kNames[] = {
        "file", "dir",   "sub",    "..",  ".",    "up",   "parent", "good",  "absolute", "loop",
        "fifo", "other", "canary", "new", "name", "link", "root",   "fixed", "zigzag",   ""};
    const auto name = [&] { return kNames[next() % std::size(kNames)]; };
    std::string text;
    if (next() % 32 == 0) text += '/';
    text += name();
    for (uint64_t more = next() % 8; more > 4; --more) {
      text += '/';
      text += name();
    }
    if (next() % 16 == 0) text += '/';
    if (next() % 64 == 0) text += std::string(static_cast<size_t>(next() % 5000), 'n');
    if (next() % 64 == 0) text += '\0';
    return text;
  }

  /// Arguments of `poll_oneoff`, for times that pass soon.
  template <class Next>
  std::vector<uint64_t> subscriptions(bool unstable, Next& next) {
    constexpr uint32_t kAt = 4096;
    const uint32_t size =
        unstable ? sizeof(wasi::UnstableSubscription) : sizeof(wasi::Snapshot1Subscription);
    const uint64_t count = 1 + next() % 4;
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t bits = next();
      const auto type = static_cast<uint8_t>(bits % 16 < 15 ? bits % 3 : 3);
      const uint64_t value = type == 0 ? (bits >> 8) % 5 : (bits >> 8) % 12;
      const uint64_t timeout = (bits >> 16) % 1000;
      const auto flags = static_cast<uint16_t>((bits >> 32) % 3);
      if (unstable)
        guest_->put(kAt + i * size,
                    wasi::UnstableSubscription{.userdata = i,
                                               .type = type,
                                               .padding0 = {},
                                               .identifier_or_fd = value,
                                               .clock = static_cast<uint32_t>(value),
                                               .padding1 = 0,
                                               .timeout = timeout,
                                               .precision = 0,
                                               .flags = flags,
                                               .padding2 = {}});
      else
        guest_->put(kAt + i * size,
                    wasi::Snapshot1Subscription{.userdata = i,
                                                .type = type,
                                                .padding0 = {},
                                                .clock_or_fd = static_cast<uint32_t>(value),
                                                .padding1 = 0,
                                                .timeout = timeout,
                                                .precision = 0,
                                                .flags = flags,
                                                .padding2 = {}});
    }
    // One that is due ends the waiting for descriptors that never are.
    guest_->put(kAt + 8, uint8_t{0});
    guest_->put(kAt + 16, uint64_t{1});
    if (unstable) guest_->put(kAt + 24, uint32_t{1});
    return {kAt, 8192, count, next() % 2 == 0 ? 1024 : pointer(next)};
  }

  [[nodiscard]] fs::path outside() const { return folder_.path(); }
  [[nodiscard]] fs::path root() const { return folder_.path() / "root"; }

  /// Every file that is not below `root`, with what its system knows of it and its content.
  [[nodiscard]] std::map<std::string, std::string> state() const {
    std::map<std::string, std::string> files;
    for (auto at = fs::recursive_directory_iterator(outside());
         at != fs::recursive_directory_iterator(); ++at) {
      if (at->path() == root()) {
        at.disable_recursion_pending();
        continue;
      }
      struct ::stat stat{};
      must(lstat(at->path().c_str(), &stat) == 0, "lstat");
      std::string& text = files[at->path().string()];
      text = std::to_string(stat.st_mode) + " " + std::to_string(stat.st_nlink) + " " +
             std::to_string(stat.st_size) + " " + std::to_string(stat.st_mtim.tv_sec) + "." +
             std::to_string(stat.st_mtim.tv_nsec);
      if (at->is_regular_file() && !at->is_symlink()) {
        std::ifstream in(at->path(), std::ios::binary);
        text.append(std::istreambuf_iterator<char>(in), {});
      }
    }
    return files;
  }

  TemporaryFolder folder_;
  wasi::PathSearch search_;
  std::map<std::string, std::string> before_;
  std::vector<int> ends_;
  std::optional<WasiInstance> guest_;
  std::vector<const runtime::FuncRef*> functions_;
  /// Ends what waits after all.
  std::mutex renewing_;
  std::atomic<uint32_t>* interrupt_ = nullptr;
  std::atomic<bool> stop_ = false;
  std::thread ticker_{[this] {
    while (!stop_.load()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      const std::lock_guard guard(renewing_);
      if (interrupt_ != nullptr) interrupt_->store(static_cast<uint32_t>(runtime::Interrupt::stop));
    }
  }};
};

} // namespace waxwing::wasi_test
