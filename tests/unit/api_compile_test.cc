// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiling by the interface. Where the compiler was not built, there is nothing to test but that.
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <waxwing/compile.hpp>
#include <waxwing/debug.hpp>
#include <waxwing/inspect.hpp>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

/// The folder of the build, where the compiler is.
std::string build_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path().string();
}

bool has_compiler() { return std::filesystem::exists(build_folder() + "/libwaxwing_compile.so"); }

/// Whether there are addresses for guard pages, which `ulimit -v` may not leave.
bool has_addresses() {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

/// Presets without LLVM (asan, slots32, emulated ones) have nothing to test here; release and gcc
/// do.
#define NEEDS_COMPILER()                                                                           \
  if (!has_compiler()) GTEST_SKIP() << "this build has no compiler"

constexpr std::string_view kGuest = R"((module (memory 1)
  (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "outside") (drop (i32.load (i32.const 70000))))
  (func $deep (export "deep") (call $deep))
  (func (export "endless") (loop (br 0)))))";

CompileOptions options() {
  CompileOptions options;
  options.folder = build_folder();
  options.threads = 1;
  return options;
}

TEST(ApiCompile, AModuleGetsMachineCode) {
  NEEDS_COMPILER();
  World world;
  const Module module = world.module(kGuest);
  EXPECT_FALSE(module.is_compiled());
  CompileOptions wanted = options();
  wanted.explicit_bounds_checks = !has_addresses();
  const Module fast = expect(with_machine_code(module, wanted));
  EXPECT_TRUE(fast.is_compiled());
  const Instance i = expect(world.linker.instantiate(fast));
  EXPECT_EQ(expect(i.func<int32_t(int32_t)>("twice"))(21).value(), 42);
  EXPECT_EQ(trap_of(expect(i.func<void()>("outside"))()), TrapKind::out_of_bounds_memory_access);
}

TEST(ApiCompile, ImagesAndOtherOutput) {
  NEEDS_COMPILER();
  World world;
  const Module module = world.module(kGuest);
  CompileOptions image = options();
  image.target = "aarch64";
  image.checksum = true;
  uint32_t seen = 0;
  image.progress = [&seen](const CompileProgress& progress) {
    seen = progress.total;
    return true;
  };
  const Compiled made = expect(compile(module, image));
  EXPECT_TRUE(Module::is_image(made.bytes()));
  const ModuleInfo info = expect(inspect(made.bytes()));
  EXPECT_EQ(info.image.value().target, "aarch64");
  EXPECT_TRUE(info.image->checksum.has_value());
  // It is for another machine.
  if (info.image->target != compile_targets().front().name)
    EXPECT_EQ(error_of(Module::from_image(world.engine, made.bytes())).kind, ErrorKind::image);
  CompileOptions text = options();
  text.emit = Emit::llvm_ir;
  const Compiled ir = expect(compile(module, text));
  EXPECT_NE(std::string_view(reinterpret_cast<const char*>(ir.bytes().data()), ir.bytes().size())
                .find("define"),
            std::string_view::npos);
}

/// A file that ends with the test.
class ImageFile {
 public:
  explicit ImageFile(std::span<const std::byte> bytes)
      : path_(std::filesystem::canonical(std::filesystem::temp_directory_path()) /
              ("waxwing-test-" + std::to_string(getpid()) + ".wax")) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
  }
  ~ImageFile() { std::filesystem::remove(path_); }
  ImageFile(const ImageFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }
  /// How many places of this process it is mapped to.
  [[nodiscard]] int mappings() const {
    std::ifstream maps("/proc/self/maps");
    int count = 0;
    for (std::string line; std::getline(maps, line);)
      if (line.ends_with(path())) ++count;
    return count;
  }

 private:
  std::filesystem::path path_;
};

/// Much at the start of its memory, in two pieces.
std::string large_guest() {
  const auto repeat = [](size_t count) {
    std::string all;
    for (size_t i = 0; i < count; ++i) all += "0123456789";
    return all;
  };
  return R"((module (memory (export "m") 4) (data (i32.const 24) ")" + repeat(10000) +
         R"(") (data (i32.const 100040) ")" + repeat(9000) + R"(")
           (func (export "put") (param i32) (i32.store8 (local.get 0) (i32.const 0x41)))
           (func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0)))
           (func (export "init") (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1)))))";
}

TEST(ApiCompile, MemoriesShowTheImage) {
  NEEDS_COMPILER();
  // Nothing is mapped under a limit of addresses (`ulimit -v`), which no preset sets: what memories
  // hold there is what other tests compare.
  if (!has_addresses()) GTEST_SKIP() << "memories have no guard pages here, and may move";
  World world;
  const Compiled made = expect(compile(world.module(large_guest()), options()));
  const ImageFile file(made.bytes());
  const Module shown = expect(Module::from_image_file(world.engine, file.path()));
  const int before = file.mappings();
  const Instance first = expect(world.linker.instantiate(shown));
  EXPECT_EQ(file.mappings(), before + 1);
  const Instance second = expect(world.linker.instantiate(shown));
  // In a copy of the bytes there is nothing to map.
  const Module copied = expect(Module::from_image(world.engine, made.bytes()));
  const Instance third = expect(world.linker.instantiate(copied));
  EXPECT_EQ(file.mappings(), before + 2);
  const auto bytes = [](const Instance& i) { return expect(i.memory("m")).bytes(); };
  EXPECT_TRUE(std::ranges::equal(bytes(first), bytes(third)));
  EXPECT_EQ(static_cast<char>(bytes(first)[24]), '0');
  EXPECT_EQ(static_cast<char>(bytes(first)[190039]), '9');
  EXPECT_EQ(bytes(first)[190040], std::byte{0});
  EXPECT_EQ(bytes(first)[23], std::byte{0});
  // What one writes is its own.
  expect(expect(first.func<void(int32_t)>("put"))(100041));
  EXPECT_EQ(expect(expect(first.func<int32_t(int32_t)>("get"))(100041)), 'A');
  EXPECT_EQ(expect(expect(second.func<int32_t(int32_t)>("get"))(100041)), '1');
  // Active segments are dropped as ever.
  EXPECT_EQ(trap_of(expect(first.func<void()>("init"))()), TrapKind::out_of_bounds_memory_access);
}

TEST(ApiCompile, ChecksumsAreCompared) {
  NEEDS_COMPILER();
  World world;
  CompileOptions summed = options();
  summed.checksum = true;
  const Compiled made = expect(compile(world.module(kGuest), summed));
  expect(Module::from_image(world.engine, made.bytes()));
  std::vector<std::byte> changed(made.bytes().begin(), made.bytes().end());
  const ImageInfo info = expect(inspect(changed)).image.value();
  changed[info.text_offset + info.text_size / 2] ^= std::byte{1};
  const Error refused = error_of(Module::from_image(world.engine, changed));
  EXPECT_EQ(refused.kind, ErrorKind::image);
  EXPECT_NE(refused.message.find("checksum"), std::string::npos) << refused.message;
}

TEST(ApiCompile, MistakesAreErrors) {
  World world;
  const Module module = world.module(kGuest);
  CompileOptions nowhere;
  nowhere.folder = "/nonexistent";
  EXPECT_EQ(error_of(compile(module, nowhere)).kind, ErrorKind::compilation);
  EXPECT_EQ(compile_key(module, nowhere), "");
  NEEDS_COMPILER();
  CompileOptions wrong = options();
  wrong.target = "pdp11";
  EXPECT_EQ(error_of(compile(module, wrong)).kind, ErrorKind::compilation);
  EXPECT_EQ(error_of(compile_cpus("pdp11", build_folder())).kind, ErrorKind::compilation);
  EXPECT_NE(expect(compile_cpus("x86_64", build_folder())).find("znver3"), std::string::npos);
  CompileOptions given_up = options();
  given_up.progress = [](const CompileProgress&) { return false; };
  EXPECT_EQ(error_of(compile(module, given_up)).kind, ErrorKind::compilation);
  // An image without the module's code.
  const Compiled image = expect(compile(module, options()));
  const Module bare = expect(Module::from_image(world.engine, image.bytes()));
  EXPECT_EQ(error_of(compile(bare, options())).kind, ErrorKind::usage);
}

TEST(ApiCompile, KeysTellApartWhatCodeDependsOn) {
  NEEDS_COMPILER();
  World world;
  const Module module = world.module(kGuest);
  const std::string key = compile_key(module, options());
  EXPECT_NE(key, "");
  EXPECT_EQ(key, compile_key(world.module("(module)"), options()));
  CompileOptions other = options();
  other.level = 1;
  EXPECT_NE(key, compile_key(module, other));
  World metered({.metering = true});
  EXPECT_NE(key, compile_key(metered.module(kGuest), options()));
}

TEST(ApiCompile, DebuggersAndProfilersAreTold) {
  NEEDS_COMPILER();
  World world;
  const Module module = world.module(kGuest);
  EXPECT_EQ(perf_map(module), "");
  EXPECT_EQ(error_of(tell_debugger(module)).kind, ErrorKind::usage);
  CompileOptions wanted = options();
  const std::string key = compile_key(module, wanted);
  wanted.debug_info = true;
  EXPECT_NE(compile_key(module, wanted), key);
  const Compiled image = expect(compile(module, wanted));
  const Module fast = expect(module.with_code(image.bytes(), image.owner()));
  const std::string map = perf_map(fast);
  for (const char* name : {" twice\n", " outside\n", " deep\n", " endless\n"})
    EXPECT_NE(map.find(name), std::string::npos) << map;
  // In any order, as often as one likes.
  std::optional<DebuggerEntry> first = expect(tell_debugger(fast));
  const DebuggerEntry second = expect(tell_debugger(fast));
  first.reset();
  const DebuggerEntry third = second;
  const Instance i = expect(world.linker.instantiate(fast));
  EXPECT_EQ(expect(expect(i.func<int32_t(int32_t)>("twice"))(21)), 42);
}

TEST(ApiCompile, WithoutSignalsOnlyCodeThatNeedsNone) {
  NEEDS_COMPILER();
  World with;
  World without({.signals = Signals::off});
  const Compiled faults = expect(compile(with.module(kGuest), options()));
  const Error refused = error_of(without.module(kGuest).with_code(faults.bytes()));
  EXPECT_EQ(refused.kind, ErrorKind::image);
  EXPECT_NE(refused.message.find("--signals=off"), std::string::npos) << refused.message;
  // What is compiled for it has no such needs, and runs with signals, too.
  const Compiled checks = expect(compile(without.module(kGuest), options()));
  EXPECT_EQ(expect(inspect(checks.bytes())).image.value().required,
            (std::vector<std::string>{"polls", "packed_sites"}));
  for (World* world : {&with, &without}) {
    const Module module = expect(world->module(kGuest).with_code(checks.bytes(), checks.owner()));
    const Instance i = expect(world->linker.instantiate(module));
    EXPECT_EQ(trap_of(expect(i.func<void()>("outside"))()), TrapKind::out_of_bounds_memory_access);
    EXPECT_EQ(trap_of(expect(i.func<void()>("deep"))()), TrapKind::call_stack_exhausted);
    expect(world->store.set_timeout(std::chrono::milliseconds(20)));
    EXPECT_EQ(trap_of(expect(i.func<void()>("endless"))()), TrapKind::timeout);
  }
}

} // namespace
} // namespace waxwing::api_test
