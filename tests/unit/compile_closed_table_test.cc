// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which tables are closed: everything that could change one leaves it open.
#include "compile/closed_table.hpp"

#include "compile/plan.hpp"
#include "platform/memory.hpp"
#include "unit/compile_fixture.hpp"

namespace waxwing::compile {
namespace {

/// Table `table` of a module with two functions and what `rest` has.
ClosedTable closed(const std::string& rest, uint32_t table = 0) {
  const std::vector<uint8_t> bytes =
      translate("(module " + rest + " (type $t (func)) (func $f (type $t)) (func $g))");
  waxwing::Module wasm(platform::default_allocator());
  const auto decoded = decode(bytes, FeatureSet::defaults(), wasm);
  EXPECT_TRUE(decoded.has_value() && validate(wasm).has_value()) << rest;
  return ModulePlan(wasm, true).closed_tables()[table];
}

TEST(CompileClosedTable, HasItsElements) {
  const ClosedTable table =
      closed("(table 9 funcref) (elem (i32.const 1) $f $g) (elem (i32.const 2) func $f)"
             "(elem (i32.const 4) funcref (ref.func $g) (ref.null func))");
  EXPECT_TRUE(table.is_closed);
  EXPECT_EQ(table.elements, (std::vector<FuncIndex>{kNoIndex, 0, 0, kNoIndex, 1, kNoIndex}));
  EXPECT_TRUE(closed("(table 0 funcref)").is_closed);
}

TEST(CompileClosedTable, IsOpenToWhateverCanWriteToIt) {
  constexpr const char* kOpen[] = {
      "(table (export \"t\") 2 funcref)",
      "(import \"m\" \"t\" (table 2 funcref))",
      "(table 2 (ref null extern))",
      "(table 2 funcref (ref.func $f))",
      "(table i64 2 funcref)",
      "(table 2 funcref) (func (table.set 0 (i32.const 0) (ref.func $f))) (elem declare func $f)",
      "(table 2 funcref) (func (drop (table.grow 0 (ref.null func) (i32.const 1))))",
      "(table 2 funcref) (func (table.fill 0 (i32.const 0) (ref.null func) (i32.const 1)))",
      "(table 2 funcref) (func (table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 1)))"
      "(elem func $f)",
      "(table 2 funcref) (func (table.init 0 1 (i32.const 0) (i32.const 0) (i32.const 1)))"
      "(elem (i32.const 0) $f) (elem func $f)",
      "(table 2 funcref) (table 2 funcref)"
      "(func (table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 1)))",
      // One that doesn't fit, one whose place is another's, one with another's function.
      "(table 2 funcref) (elem (i32.const 1) $f $g)",
      "(import \"m\" \"g\" (global i32)) (table 2 funcref) (elem (global.get 0) $f)",
      "(import \"m\" \"g\" (global funcref)) (table 2 funcref)"
      "(elem (i32.const 0) funcref (global.get 0))",
  };
  for (const char* rest : kOpen) EXPECT_FALSE(closed(rest).is_closed) << rest;
  // Another module can call the functions in its table though the instantiation failed.
  EXPECT_FALSE(
      closed("(import \"m\" \"t\" (table 2 funcref)) (elem (table 0) (i32.const 0) func $f)"
             "(table 2 funcref) (elem (table 1) (i32.const 0) func $f)",
             1)
          .is_closed);
  // What is read from it, and written to others, leaves it closed.
  EXPECT_TRUE(closed("(table 2 funcref) (table 2 funcref)"
                     "(func (table.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 1))"
                     "  (drop (table.get 0 (i32.const 1))))")
                  .is_closed);
  EXPECT_TRUE(closed("(table 2 funcref) (table 2 funcref) (elem (i32.const 0) $f)"
                     "(func (table.init 1 0 (i32.const 0) (i32.const 0) (i32.const 0)))")
                  .is_closed);
}

TEST(CompileClosedTable, KnowsTheFewOfATypeByTheirPlaces) {
  const ClosedTable table =
      closed("(table 9 funcref) (elem (i32.const 1) $f $h $f $g) (elem (i32.const 6) $f)"
             "(type $u (func (param i32))) (func $h (type $u) (param i32))");
  // The types are in the order of the text: `$u`, `$t`.
  EXPECT_EQ(table.few, (std::map<TypeIndex, std::vector<uint32_t>>{{0, {2}}, {1, {1, 3, 4, 6}}}));
  EXPECT_TRUE(closed("(table 9 funcref) (elem (i32.const 1) $f $f $g $f $f)").few.empty());
  EXPECT_TRUE(closed("(table (export \"t\") 9 funcref) (elem (i32.const 1) $f)").few.empty());
}

TEST(CompileClosedTable, OfImportedFunctionsIsOpen) {
  const std::vector<uint8_t> bytes = translate(
      "(module (import \"m\" \"f\" (func $f)) (table 1 funcref) (elem (i32.const 0) $f))");
  waxwing::Module wasm(platform::default_allocator());
  ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), wasm) && validate(wasm));
  EXPECT_FALSE(ModulePlan(wasm, true).closed_tables()[0].is_closed);
}

TEST(CompileClosedTable, SupertypesAreNotToldByEquality) {
  const std::vector<uint8_t> bytes =
      translate("(module (type $a (sub (func))) (type $b (sub $a (func))) (type $c (sub $b (func)))"
                "  (table 1 funcref) (elem (i32.const 0) $f) (func $f (type $b)))");
  waxwing::Module wasm(platform::default_allocator());
  ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), wasm) && validate(wasm));
  const ModulePlan plan(wasm, true);
  const ClosedTable& table = plan.closed_tables()[0];
  EXPECT_FALSE(tells_by_equality(wasm, table, 0));
  EXPECT_TRUE(tells_by_equality(wasm, table, 1));
  EXPECT_TRUE(tells_by_equality(wasm, table, 2));
}

} // namespace
} // namespace waxwing::compile
