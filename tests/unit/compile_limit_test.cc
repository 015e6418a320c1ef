// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that are too large, or have too much of something, for some of LLVM's passes.
#include <llvm/AsmParser/Parser.h>
#include <llvm/Support/SourceMgr.h>

#include "compile/pass_choice.hpp"
#include "unit/compile_fixture.hpp"

namespace waxwing::compile {
namespace {

std::string ir_of(const std::string& text) {
  Options options = options_for(Target::x86_64);
  options.emit = WAX_EMIT_IR;
  std::vector<uint8_t> made;
  EXPECT_EQ(compile(translate(text), options, &made), "");
  return {made.begin(), made.end()};
}

/// A loop with four turns that stores, behind `count` stores that nothing can take out.
std::string loop_behind(unsigned count) {
  std::string text = "(module (memory 1) (func (export \"f\") (param i32) (local $i i32)\n";
  for (unsigned i = 0; i < count; ++i)
    text += "(i32.store offset=" + std::to_string(4 * i) + " (local.get 0) (local.get 0))\n";
  return text + R"((loop $next
      (i32.store (i32.load (local.get 0)) (local.get $i))
      (br_if $next (i32.ne (i32.const 4)
        (local.tee $i (i32.add (local.get $i) (i32.const 1)))))))))";
}

TEST(CompileLimits, LoopsOfLargeFunctionsAreNotUnrolled) {
  const auto has_loop = [](const std::string& ir) {
    return ir.find("phi i32") != std::string::npos;
  };
  EXPECT_FALSE(has_loop(ir_of(loop_behind(100))));
  // Each store is two instructions, or three.
  EXPECT_FALSE(has_loop(ir_of(loop_behind(5'000))));
  EXPECT_TRUE(has_loop(ir_of(loop_behind(17'000))));
}

/// A function with `count` checks of its parameter, each of which may trap.
std::unique_ptr<llvm::Module> with_checks(llvm::LLVMContext& context, unsigned count) {
  std::string text = "define void @f(i64 %x) {\nb0:\n";
  for (unsigned i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    const std::string next = std::to_string(i + 1);
    text += "  %c" + n + " = icmp eq i64 %x, " + n + "\n  br i1 %c" + n + ", label %t" + n +
            ", label %b" + next + "\nt" + n + ":\n  unreachable\nb" + next + ":\n";
  }
  llvm::SMDiagnostic wrong;
  auto module = llvm::parseAssemblyString(text + "  ret void\n}\n", wrong, context);
  EXPECT_NE(module, nullptr) << wrong.getMessage().str();
  return module;
}

TEST(CompileLimits, ValuesWithManyConditionsAreNotCombined) {
  llvm::LLVMContext context;
  const auto wants = [&](unsigned count) {
    const auto module = with_checks(context, count);
    const llvm::Function* const function = module->getFunction("f");
    PassChoice choice;
    EXPECT_TRUE(choice.wants("SimplifyCFGPass", llvm::Any(function)));
    return choice.wants("InstCombinePass", llvm::Any(function));
  };
  EXPECT_TRUE(wants(200));
  EXPECT_FALSE(wants(300));
}

TEST(CompileLimits, NothingSinksBehindManyChecks) {
  llvm::LLVMContext context;
  const auto sinks = [&](unsigned count) {
    const auto module = with_checks(context, count);
    const CodePassChoice choice(*module);
    EXPECT_TRUE(choice.shouldRunPass("machine-cse", "function (f)"));
    return choice.shouldRunPass("machine-sink", "function (f)");
  };
  EXPECT_TRUE(sinks(500));
  EXPECT_FALSE(sinks(600));
}

/// Of one number, so that its checks are all about that.
TEST(CompileLimits, DivisionsThatUseEachOtherAreCompiled) {
  std::string text = "(module (func (export \"f\") (param i64 i64) (result i64)\n";
  for (unsigned i = 0; i < 1'000; ++i)
    text += "(local.set 0 (i64.div_s (local.get 1) (local.get 0)))\n";
  const std::vector<uint8_t> module = translate(text + "(local.get 0)))");
  for (const unsigned level : {1u, 2u}) {
    Options options = options_for(Target::x86_64);
    options.optimization = level;
    EXPECT_EQ(compile(module, options), "");
  }
}

} // namespace
} // namespace waxwing::compile
