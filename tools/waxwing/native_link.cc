// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/native_link.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <waxwing/native.hpp>

namespace waxwing::tool {

namespace {

constexpr NativeTarget kTargets[] = {
    {"x86_64", "x86_64-linux-gnu", "/lib64/ld-linux-x86-64.so.2", "libc6-dev", "libgcc-12-dev",
     true},
    {"aarch64", "aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1", "libc6-dev-arm64-cross",
     "libgcc-12-dev-arm64-cross", false},
    {"riscv64", "riscv64-linux-gnu", "/lib/ld-linux-riscv64-lp64d.so.1", "libc6-dev-riscv64-cross",
     "libgcc-12-dev-riscv64-cross", true},
};

bool is_host(const NativeTarget& target) {
  for (const CompileTarget& known : compile_targets())
    if (known.name == target.name) return known.is_this_machine;
  return false;
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// Finds files of the C library and of GCC.
class Finder {
 public:
  explicit Finder(const NativeTarget& target) : target_(target) {
    const std::string triplet = target.triplet;
    if (is_host(target))
      folders_ = {"/usr/lib/" + triplet, "/lib/" + triplet, "/usr/lib64", "/lib64", "/usr/lib"};
    else
      folders_ = {"/usr/" + triplet + "/lib"};
    // The newest GCC; what is needed of it does not change.
    for (const std::string& base : {"/usr/lib/gcc/" + triplet, "/usr/lib/gcc-cross/" + triplet}) {
      std::error_code ignored;
      int newest = -1;
      std::string folder;
      for (const auto& entry : std::filesystem::directory_iterator(base, ignored)) {
        const int version = std::atoi(entry.path().filename().c_str());
        if (version <= newest || !exists(entry.path() / "libgcc.a")) continue;
        newest = version;
        folder = entry.path();
      }
      if (!folder.empty()) gcc_ = folder;
    }
  }

  /// A file of the C library.
  std::string libc(const char* name) {
    for (const std::string& folder : folders_)
      if (exists(folder + '/' + name)) return folder + '/' + name;
    return missing(name, target_.libc_package);
  }
  std::string gcc(const char* name) {
    if (!gcc_.empty() && exists(gcc_ + '/' + name)) return gcc_ + '/' + name;
    return missing(name, target_.gcc_package);
  }
  [[nodiscard]] const std::vector<std::string>& folders() const { return folders_; }
  /// Of GCC's own libraries; empty where there are none.
  [[nodiscard]] const std::string& gcc_folder() const { return gcc_; }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  std::string missing(const char* name, const char* package) {
    if (error_.empty())
      error_ =
          fmt::format("there is no {} for {} here, which programs are linked with: install the "
                      "package {} (or name another --link)",
                      name, target_.triplet, package);
    return {};
  }

  const NativeTarget& target_;
  std::vector<std::string> folders_;
  std::string gcc_;
  std::string error_;
};

} // namespace

const NativeTarget* find_native_target(std::string_view name) {
  for (const NativeTarget& target : kTargets)
    if (name.empty() ? is_host(target) : name == target.triplet || name == target.name)
      return &target;
  return nullptr;
}

std::string native_target_names() {
  std::string names;
  for (const NativeTarget& target : kTargets)
    names += (names.empty() ? "" : ", ") + std::string(target.triplet);
  return names;
}

std::expected<std::string, std::string> native_runtime(const NativeTarget& target,
                                                       NativeRuntime kind) {
  const std::string folder = is_host(target) ? "" : target.triplet;
  std::string path = waxwing::find_native_runtime(folder, kind);
  if (!path.empty()) return path;
  return std::unexpected(fmt::format(
      "there is no runtime for {0} in this installation ({1}{2}{3}); a build of waxwing for {0} "
      "makes one, which --runtime=FILE names",
      target.triplet, folder, folder.empty() ? "" : "/", waxwing::native_runtime_file(kind)));
}

std::vector<std::string> library_folders(const NativeTarget& target) {
  const Finder find(target);
  std::vector<std::string> folders = find.folders();
  if (!find.gcc_folder().empty()) folders.push_back(find.gcc_folder());
  return folders;
}

std::expected<std::vector<std::string>, std::string>
link_words(const NativeTarget& target, const NativeOptions& options, const std::string& object,
           const std::vector<std::string>& inputs, const std::string& runtime,
           const std::string& output) {
  Finder find(target);
  const bool is_library = options.emit == NativeEmit::shared;
  const bool is_static = !is_library && options.link == NativeLink::fixed;
  std::vector<std::string> words = {
      "-o",          output, "--gc-sections", "--build-id=none", "--hash-style=gnu", "-z",
      "noexecstack", "-z",   "relro"};
  words.emplace_back("--icf=safe");
  // What a program writes to at its start lies on fewer pages that way.
  if (target.has_small_pages)
    for (const char* word : {"-z", "separate-loadable-segments"}) words.emplace_back(word);
  // Frames are found by it, for exceptions of libraries and by debuggers.
  if (options.no_sandbox) words.emplace_back("--eh-frame-hdr");
  if (options.strip) words.emplace_back("--strip-all");
  for (const std::string& folder : find.folders()) words.push_back("-L" + folder);
  if (is_library)
    for (const char* word : {"-shared", "--exclude-libs=ALL", "-z", "now"})
      words.emplace_back(word);
  else if (is_static)
    words.emplace_back("-static");
  else
    // Symbols are looked up when they are first called, as in what C compilers make: it starts
    // sooner.
    for (const char* word : {"-pie", "-z", "pack-relative-relocs"}) words.emplace_back(word);
  if (options.share_runtime) {
    // What it calls is all there, beside it or where the system looks.
    words.emplace_back("-rpath=$ORIGIN");
    words.push_back("-soname=" + std::filesystem::path(options.output).filename().string());
    words.push_back(object);
    words.push_back(runtime);
    return words;
  }
  // The runtime's handlers of signals stay in place.
  if (is_library) words.insert(words.end(), {"-z", "nodelete"});
  if (is_library)
    words.push_back("-soname=" + std::filesystem::path(options.output).filename().string());
  else
    words.push_back(find.libc(is_static ? "crt1.o" : "Scrt1.o"));
  if (!is_library && !is_static) {
    words.emplace_back("--dynamic-linker");
    words.emplace_back(target.loader);
  }
  words.push_back(find.libc("crti.o"));
  words.push_back(object);
  words.insert(words.end(), inputs.begin(), inputs.end());
  words.push_back(runtime);
  if (is_static) {
    words.emplace_back("--start-group");
    if (options.no_sandbox) words.push_back(find.libc("libm.a"));
    words.push_back(find.libc("libc.a"));
    words.push_back(find.gcc("libgcc.a"));
    words.push_back(find.gcc("libgcc_eh.a"));
    words.emplace_back("--end-group");
  } else {
    if (options.no_sandbox) {
      // Of libraries in C++ there may be exceptions.
      words.insert(words.end(), {"--as-needed", find.libc("libm.so"), "-L" + find.gcc_folder()});
      if (exists(find.gcc_folder() + "/libgcc_s.so")) words.emplace_back("-lgcc_s");
      words.emplace_back("--no-as-needed");
    }
    words.push_back(find.libc("libc.so"));
    words.push_back(find.gcc("libgcc.a"));
  }
  words.push_back(find.libc("crtn.o"));
  if (!find.error().empty()) return std::unexpected(find.error());
  return words;
}

} // namespace waxwing::tool
