// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an image can't hold is refused by name; what LLVM can't do is an error.
#include <cstdlib>
#include <cstring>
#include <llvm/AsmParser/Parser.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/SourceMgr.h>

#include "compile/link.hpp"
#include "compile/module_lowering.hpp"
#include "platform/child.hpp"
#include "unit/compile_fixture.hpp"

namespace waxwing::compile {
namespace {

/// Compiles IR and links it; the error in words, or nothing.
std::string link_ir(const std::string& ir) {
  const Options options = options_for(Target::x86_64);
  llvm::LLVMContext context;
  llvm::SMDiagnostic wrong;
  auto module = llvm::parseAssemblyString(ir, wrong, context);
  EXPECT_NE(module, nullptr) << wrong.getMessage().str();
  if (module == nullptr) return "no module";
  module->setTargetTriple(llvm::Triple(options.info().triple));
  const auto machine = make_machine(options);
  module->setDataLayout((*machine)->createDataLayout());
  const auto object = generate(*module, **machine, options, Output::object, nullptr, nullptr,
                               [](llvm::StringRef) {});
  llvm::SmallString<64> folder;
  EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("waxwing-test", folder));
  ObjectStore objects(1);
  EXPECT_TRUE(objects.put(0, {object->data(), object->size()}).has_value());
  const auto linked = link_objects(objects, options, folder.str().str());
  llvm::sys::fs::remove_directories(folder);
  return linked ? "" : linked.error().text;
}

TEST(CompilePacker, TakesCode) { EXPECT_EQ(link_ir("define hidden i32 @f() { ret i32 1 }"), ""); }

TEST(CompilePacker, RefusesWritableData) {
  EXPECT_EQ(link_ir("@counter = hidden global i32 7\n"
                    "define hidden i32 @f() { %v = load i32, ptr @counter ret i32 %v }"),
            "the code has writable data, which an image can't hold: section '.data', symbol "
            "'counter'");
  EXPECT_EQ(link_ir("@room = hidden global [64 x i8] zeroinitializer\n"
                    "define hidden ptr @f() { ret ptr @room }"),
            "the code has writable data, which an image can't hold: section '.bss', symbol 'room'");
}

TEST(CompilePacker, RefusesAddressesInData) {
  const std::string said = link_ir("@table = hidden constant [1 x ptr] [ptr @f]\n"
                                   "define hidden ptr @f() { ret ptr @table }");
  EXPECT_EQ(said, "the code has writable data, which an image can't hold: section '.data.rel.ro', "
                  "symbol 'table'");
}

TEST(CompilePacker, NamesHelpersThatAreMissing) {
  EXPECT_EQ(link_ir("declare hidden double @fmod(double, double)\n"
                    "define hidden double @f(double %a) {"
                    " %v = call double @fmod(double %a, double %a) ret double %v }"),
            "the code calls helpers that are missing for x86_64: 'fmod'");
}

TEST(CompilePacker, RefusesThreadLocals) {
  const std::string said = link_ir("@mine = hidden thread_local(localexec) global i32 0\n"
                                   "define hidden ptr @f() { ret ptr @mine }");
  EXPECT_NE(said.find("'.tbss'"), std::string::npos) << said;
}

TEST(CompilePacker, KnowsWhatCopiesAreOf) {
  constexpr std::pair<const char*, const char*> kSymbols[] = {
      {"f7", "f7"},
      {"f7.tail", "f7.tail"},
      {"f7.specialized.12", "f7"},
      {"f7.tail.specialized.1", "f7.tail"},
      {"f7.tailed", "f7"},
      {"f7x", "f7x"},
      {"fmod", "fmod"},
      {"adapter.i:i", "adapter.i:i"},
  };
  for (const auto& [symbol, name] : kSymbols) EXPECT_EQ(name_before_copy(symbol), name);
}

TEST(CompileContained, FatalErrorsOfLlvmAreReported) {
  const std::vector<uint8_t> module = translate("(module (func (export \"f\")))");
  Options options = options_for(Target::x86_64);
  // "64-bit code requested on a subtarget that doesn't support it!"
  ASSERT_TRUE(complete(options, "generic", "-64bit").has_value());
  const std::string said = compile(module, options);
  EXPECT_NE(said.find("LLVM gave up: "), std::string::npos) << said;
  EXPECT_NE(said.find("64-bit"), std::string::npos) << said;
  EXPECT_EQ(compile(module, options_for(Target::x86_64)), "") << "and the next one works";
}

TEST(CompileContained, CrashesAreReported) {
  const platform::ChildResult ended = platform::run_in_child(
      [](void*, platform::ChildOutput& output) {
        output.mark(42);
        std::abort();
      },
      nullptr, [](void*, const uint8_t*, size_t) { return true; }, nullptr);
  EXPECT_EQ(ended.end, platform::ChildEnd::crashed);
  EXPECT_EQ(ended.mark, 42u);
}

TEST(CompileContained, ProgressIsHeardAndCanGiveUp) {
  const std::vector<uint8_t> module =
      translate("(module (func (export \"f\")) (func (export \"g\")))");
  uint32_t most = 0;
  Listener listener;
  listener.progress = [&](uint32_t, uint32_t total, uint64_t) {
    most = total;
    return false;
  };
  const auto made =
      run_contained(module, FeatureSet::defaults(), options_for(Target::x86_64), listener);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().text, "given up");
  EXPECT_EQ(most, 2u);
}

TEST(CompileOptions, UnknownWordsHaveTheNearest) {
  initialize_targets();
  Options options;
  options.target = Target::x86_64;
  auto done = complete(options, "znver33", "");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text, "unknown processor 'znver33' for x86_64; did you mean 'znver3'?");
  done = complete(options, "generic", "+avx3");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text, "unknown processor feature 'avx3' for x86_64; did you mean 'avx'?");
  done = complete(options, "generic", "avx");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text, "'avx': a feature begins with + or -");
}

} // namespace
} // namespace waxwing::compile
