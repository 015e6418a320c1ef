// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scripts by the interface; tests/file/wast and the official suite have the details.
#include <gtest/gtest.h>

#include <waxwing/script.hpp>

namespace waxwing {
namespace {

TEST(Script, CountsWhatComesOfAssertions) {
  const v0::ScriptReport report = v0::run_script("a.wast", R"(
    (module (func (export "one") (result i32) (i32.const 1))
      (func (export "stop") unreachable) (memory (export "m") 1 1))
    (assert_return (invoke "one") (i32.const 1))
    (assert_return (invoke "one") (i32.const 2))
    (assert_trap (invoke "stop") "unreachable")
    (assert_trap (invoke "stop") "integer overflow")
    (assert_invalid (module (func (result i32))) "type mismatch")
    (assert_unlinkable (module (import "spectest" "none" (func))) "unknown import")
    (invoke "none"))");
  EXPECT_EQ(report.passed, 4U);
  EXPECT_EQ(report.failed, 2U);
  EXPECT_EQ(report.errors, 1U);
  ASSERT_EQ(report.complaints.size(), 3U);
  EXPECT_EQ(report.complaints[0], "a.wast:5:5: expected (i32 2), found (i32 1)");
  EXPECT_EQ(report.complaints[1],
            "a.wast:7:5: expected trap \"integer overflow\", found trap \"unreachable\"");
  EXPECT_EQ(report.stats.modules, 3U);
}

TEST(Script, PreparesModulesAsItIsTold) {
  v0::ScriptOptions options;
  int prepared = 0;
  options.prepare = [&prepared](const v0::Module& module) {
    ++prepared;
    return v0::Result<v0::Module>(module);
  };
  const v0::ScriptReport good = v0::run_script("a.wast", "(module) (module)", options);
  EXPECT_EQ(good.errors, 0U);
  EXPECT_EQ(prepared, 2) << "spectest is not the script's";
  options.prepare = [](const v0::Module&) -> v0::Result<v0::Module> {
    return v0::fail("no such thing");
  };
  EXPECT_EQ(v0::run_script("a.wast", "(module)", options).errors, 1U);
  EXPECT_EQ(v0::run_script("a.wast", "(module").complaints.size(), 1U);
}

} // namespace
} // namespace waxwing
