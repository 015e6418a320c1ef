// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that are too large, or have too much of something, for some of LLVM's passes.
#include <sys/resource.h>

#include "unit/compile_fixture.hpp"

namespace waxwing::compile {
namespace {

/// User time of the processes that compiled so far.
double seconds_compiling() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return static_cast<double>(used.ru_utime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec) / 1e6;
}

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

/// A function that sets local 0 `count` times to `value`, where `#` is another constant each time.
std::string repeated(unsigned count, const std::string& value) {
  const size_t at = value.find('#');
  std::string text = "(module (func (export \"f\") (param i64 i64 i64) (result i64)\n";
  for (unsigned i = 0; i < count; ++i)
    text += "(local.set 0 " + value.substr(0, at) +
            (at == std::string::npos ? "" : std::to_string(i + 3) + value.substr(at + 1)) + ")\n";
  return text + "(local.get 0)))";
}

/// Of one number: its checks are all about that. And of sums, which are summed: what is wanted at
/// the end alone would be moved there.
class Divisions : public testing::TestWithParam<const char*> {};

// Minutes where time grows with the square: whatever the level, ten seconds are plenty.
TEST_P(Divisions, ThatUseEachOtherTakeTimeInProportion) {
  const std::vector<uint8_t> module = translate(repeated(2'000, GetParam()));
  for (const unsigned level : {1u, 2u}) {
    Options options = options_for(Target::x86_64);
    options.optimization = level;
    const double before = seconds_compiling();
    EXPECT_EQ(compile(module, options), "");
    EXPECT_LT(seconds_compiling() - before, 10.0) << "-O" << level;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Divisions,
    testing::Values("(i64.div_s (local.get 1) (local.get 0))",
                    "(i64.add (local.get 0)"
                    " (i64.div_u (local.get 1) (i64.add (local.get 2) (i64.const #))))"));

} // namespace
} // namespace waxwing::compile
