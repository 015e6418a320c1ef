// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules that are compiled in several parts.
#include "compile/plan.hpp"
#include "platform/memory.hpp"
#include "unit/compile_fixture.hpp"

namespace waxwing::compile {
namespace {

/// `count` functions of some 3 KB each. Each calls the one before it, so that the first of a part
/// calls into another; every tenth makes tail calls, and some have signatures of their own.
std::vector<uint8_t> chain(unsigned count) {
  std::string text = "(module (type $t (func (param i32) (result i32))) (table 1 funcref)\n";
  for (unsigned i = 0; i < count; ++i) {
    text += "(func $f" + std::to_string(i) + (i + 1 == count ? " (export \"last\")" : "") +
            " (param i32) (result i32)\n";
    for (unsigned j = 0; j < 250; ++j)
      text += "(local.set 0 (i32.xor (i32.mul (local.get 0) (i32.const " +
              std::to_string(1 + i * 1000 + j) + ")) (i32.const 77)))\n";
    if (i % 7 == 0) text += "(drop (call_indirect (type $t) (local.get 0) (i32.const 0)))\n";
    if (i == 0)
      text += "(local.get 0))\n";
    else
      text += std::string(i % 10 == 0 ? "(return_call" : "(call") + " $f" + std::to_string(i - 1) +
              " (local.get 0)))\n";
  }
  return translate(text + ")");
}

TEST(CompileParts, AreCutByTheSizeOfCode) {
  const std::vector<uint8_t> bytes = chain(100);
  waxwing::Module module(platform::default_allocator());
  ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), module));
  ASSERT_TRUE(validate(module));
  const ModulePlan plan(module, true);
  const auto& parts = plan.parts();
  ASSERT_GE(parts.size(), 3u);
  EXPECT_EQ(parts.front().begin, 0u);
  EXPECT_EQ(parts.back().end, 100u);
  for (size_t i = 1; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].begin, parts[i - 1].end);
    // What the next part's first function calls is not its part's alone.
    EXPECT_FALSE(plan.is_local(parts[i].begin - 1));
    EXPECT_TRUE(plan.is_local(parts[i].begin));
  }
  EXPECT_FALSE(plan.is_local(99)); // exported
  EXPECT_TRUE(plan.makes_tail_calls(10));
  EXPECT_FALSE(plan.makes_tail_calls(11));
  EXPECT_EQ(ModulePlan(module, false).parts().size(), 1u);
}

class PartsOfTarget : public testing::TestWithParam<Target> {};

TEST_P(PartsOfTarget, GiveTheSameBytesForAnyNumberOfThreads) {
  const std::vector<uint8_t> module = chain(60);
  Options options = options_for(GetParam());
  options.optimization = 1;
  std::vector<uint8_t> images[3];
  unsigned i = 0;
  for (const uint32_t threads : {1u, 2u, 5u}) {
    options.threads = threads;
    EXPECT_EQ(compile(module, options, &images[i++]), "");
  }
  EXPECT_FALSE(images[0].empty());
  EXPECT_TRUE(images[0] == images[1]);
  EXPECT_TRUE(images[0] == images[2]);
}

INSTANTIATE_TEST_SUITE_P(Targets, PartsOfTarget,
                         testing::Values(Target::x86_64, Target::thumbv7em, Target::riscv64),
                         [](const auto& of) { return std::string(target_info(of.param).name); });

TEST(CompileParts, TheFirstFailureIsToldWhateverTheThreads) {
  // The feature is not one of 64-bit code: LLVM ends the process in every part.
  const std::vector<uint8_t> module = chain(60);
  Options options = options_for(Target::x86_64);
  options.features = "-64bit";
  options.threads = 4;
  const std::string said = compile(module, options);
  EXPECT_NE(said.find(" in func "), std::string::npos) << said;
}

} // namespace
} // namespace waxwing::compile
