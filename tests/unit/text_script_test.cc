// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/script.hpp"

#include <gtest/gtest.h>

namespace waxwing::text {
namespace {

Script read(std::string source) {
  auto script = read_script(std::move(source));
  if (!script) {
    ADD_FAILURE() << script.error().message;
    return *read_script("");
  }
  return std::move(*script);
}

Pattern expected(const std::string& text) {
  const Script script = read("(assert_return (invoke \"f\") " + text + ")");
  return script.commands().at(0).expected.at(0);
}

Constant value(const std::string& text) {
  const Script script = read("(invoke \"f\" " + text + ")");
  return script.commands().at(0).action.arguments.at(0);
}

TEST(Script, ReadsEveryCommand) {
  const Script script = read(R"(
    (module $a (func))
    (module definition $d (memory 1))
    (module instance $i $d)
    (register "a" $a)
    (invoke $a "f" (i32.const 1) (f64.const -0))
    (assert_return (get "g") (i64.const 2))
    (assert_trap (invoke "f") "unreachable")
    (assert_trap (module (func)) "unreachable")
    (assert_exhaustion (invoke "f") "call stack exhausted")
    (assert_exception (invoke "f"))
    (assert_suspension (invoke "f") "unhandled")
    (assert_invalid (module (func)) "type mismatch")
    (assert_malformed (module quote "(func") "unexpected token")
    (assert_invalid_custom (module) "a")
    (assert_malformed_custom (module) "b")
    (assert_unlinkable (module binary "\00asm") "unknown import")
    (thread $t (shared (module $a)) (register "m" $a) (invoke "run"))
    (wait $t))");
  const CommandKind kinds[] = {CommandKind::module,
                               CommandKind::module_definition,
                               CommandKind::module_instance,
                               CommandKind::register_,
                               CommandKind::action,
                               CommandKind::assert_return,
                               CommandKind::assert_trap,
                               CommandKind::assert_trap,
                               CommandKind::assert_exhaustion,
                               CommandKind::assert_exception,
                               CommandKind::assert_suspension,
                               CommandKind::assert_invalid,
                               CommandKind::assert_malformed,
                               CommandKind::assert_invalid_custom,
                               CommandKind::assert_malformed_custom,
                               CommandKind::assert_unlinkable,
                               CommandKind::thread,
                               CommandKind::wait};
  const auto& commands = script.commands();
  ASSERT_EQ(commands.size(), std::size(kinds));
  for (size_t i = 0; i < commands.size(); ++i) {
    EXPECT_EQ(commands[i].kind, kinds[i]) << i;
    EXPECT_EQ(commands[i].line, i + 2);
    EXPECT_EQ(commands[i].column, 5u);
  }
  EXPECT_EQ(commands[0].module.id, "a");
  EXPECT_EQ(commands[1].module.id, "d");
  EXPECT_EQ(commands[2].instance_id, "i");
  EXPECT_EQ(commands[2].module_id, "d");
  EXPECT_EQ(commands[3].name, "a");
  EXPECT_EQ(commands[3].instance_id, "a");
  EXPECT_EQ(commands[4].action.module, "a");
  EXPECT_EQ(commands[4].action.arguments.size(), 2u);
  EXPECT_EQ(commands[5].action.kind, Action::Kind::get);
  EXPECT_EQ(commands[6].message, "unreachable");
  EXPECT_EQ(commands[7].module.form, ScriptModule::Form::text);
  EXPECT_EQ(commands[16].shared_modules, std::vector<std::string>{"a"});
  EXPECT_EQ(commands[16].commands.size(), 2u);
}

TEST(Script, ParsesModulesOnDemand) {
  const Script script =
      read("(module (func (bad)))\n(module (memory 1))\n(module quote \"(func\" \"$f)\")");
  const auto bad = script.binary(script.commands()[0].module);
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().message, "unknown operator bad");
  EXPECT_EQ(bad.error().line, 1u);
  EXPECT_EQ(bad.error().column, 16u);
  EXPECT_TRUE(script.binary(script.commands()[1].module).has_value());
  EXPECT_TRUE(script.binary(script.commands()[2].module).has_value());
}

TEST(Script, TakesTheBodyOfAModule) {
  const Script script = read("(func) (memory 0) (func (export \"f\"))");
  ASSERT_EQ(script.commands().size(), 1u);
  EXPECT_TRUE(script.binary(script.commands()[0].module).has_value());
}

TEST(Script, ReportsWhatIsWrongWithIt) {
  const auto script = read_script("(module)\n (assert_return (invoke 1))");
  ASSERT_FALSE(script.has_value());
  EXPECT_EQ(script.error().line, 2u);
  EXPECT_EQ(script.error().column, 25u);
  EXPECT_FALSE(read_script("(assert_trap (invoke \"f\"))").has_value());
  EXPECT_FALSE(read_script("(foo)").has_value());
  std::string nested = "(i32.const 0)";
  for (int i = 0; i < 100'000; ++i) nested = "(either " + nested;
  EXPECT_FALSE(read_script("(assert_return (invoke \"f\") " + nested).has_value());
}

TEST(Script, MatchesNumbers) {
  EXPECT_TRUE(matches(expected("(i32.const -1)"), value("(i32.const 0xffffffff)")));
  EXPECT_FALSE(matches(expected("(i32.const 1)"), value("(i64.const 1)")));
  EXPECT_FALSE(matches(expected("(f32.const 0)"), value("(f32.const -0)")));
  EXPECT_TRUE(matches(expected("(f32.const nan:canonical)"), value("(f32.const -nan)")));
  EXPECT_FALSE(matches(expected("(f32.const nan:canonical)"), value("(f32.const nan:0x400001)")));
  EXPECT_TRUE(matches(expected("(f32.const nan:arithmetic)"), value("(f32.const nan:0x400001)")));
  EXPECT_FALSE(matches(expected("(f32.const nan:arithmetic)"), value("(f32.const nan:0x1)")));
  EXPECT_FALSE(matches(expected("(f64.const nan:arithmetic)"), value("(f64.const inf)")));
  EXPECT_TRUE(matches(expected("(f64.const nan:canonical)"), value("(f64.const nan)")));
  EXPECT_TRUE(matches(expected("(either (i32.const 1) (i32.const 2))"), value("(i32.const 2)")));
  EXPECT_FALSE(matches(expected("(either (i32.const 1) (i32.const 2))"), value("(i32.const 3)")));
}

TEST(Script, MatchesVectors) {
  EXPECT_TRUE(matches(expected("(v128.const i16x8 1 2 3 4 5 6 7 -1)"),
                      value("(v128.const i32x4 0x20001 0x40003 0x60005 0xffff0007)")));
  EXPECT_FALSE(matches(expected("(v128.const i64x2 1 2)"), value("(v128.const i64x2 1 3)")));
  EXPECT_TRUE(matches(expected("(v128.const f32x4 1 nan:canonical nan:arithmetic -0)"),
                      value("(v128.const f32x4 1 -nan nan:0x600000 -0)")));
  EXPECT_FALSE(matches(expected("(v128.const f32x4 1 nan:canonical nan:arithmetic -0)"),
                       value("(v128.const f32x4 1 -nan nan:0x200000 -0)")));
  EXPECT_FALSE(
      matches(expected("(v128.const f64x2 nan:canonical 1)"), value("(v128.const f64x2 nan 2)")));
}

TEST(Script, MatchesReferences) {
  EXPECT_TRUE(matches(expected("(ref.null)"), value("(ref.null func)")));
  EXPECT_TRUE(matches(expected("(ref.null any)"), value("(ref.null none)")));
  EXPECT_TRUE(matches(expected("(ref.extern)"), value("(ref.extern 3)")));
  EXPECT_TRUE(matches(expected("(ref.extern 3)"), value("(ref.extern 3)")));
  EXPECT_FALSE(matches(expected("(ref.extern 3)"), value("(ref.extern 4)")));
  EXPECT_FALSE(matches(expected("(ref.extern 3)"), value("(ref.host 3)")));
  EXPECT_TRUE(matches(expected("(ref.eq)"), value("(ref.struct)")));
  EXPECT_FALSE(matches(expected("(ref.eq)"), value("(ref.func)")));
  EXPECT_TRUE(matches(expected("(ref.any)"), value("(ref.host 1)")));
  EXPECT_FALSE(matches(expected("(ref.array)"), value("(ref.struct)")));
  EXPECT_FALSE(matches(expected("(ref.func)"), value("(ref.null func)")));
}

} // namespace
} // namespace waxwing::text
