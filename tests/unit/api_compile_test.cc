// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiling by the interface. Where the compiler was not built, there is nothing to test but that.
#include <sys/resource.h>

#include <filesystem>
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
