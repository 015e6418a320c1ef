// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control, frames of any size, references, and the operators that traps hide in.
#include "interp_fixture.hpp"

#include <limits>

namespace waxwing::interp::testing {
namespace {

TEST(InterpControl, BranchesLeaveOperandsBehind) {
  World world;
  world.add(R"((module
    (func (export "br") (param i32) (result i32)
      (block (result i32)
        (i32.const 9) (local.get 0)
        (i32.add (local.get 0) (i32.const 1))
        (br 0)))
    (func (export "two") (param i32 i64) (result i64)
      (block (result i32 i64)
        (i64.const 9)
        (i32.add (local.get 0) (i32.const 1))
        (i64.mul (local.get 1) (i64.const 3))
        (br 0))
      (local.set 1) (i64.extend_i32_u) (i64.add (local.get 1)))
    (func (export "table") (param i32) (result i32)
      (block (result i32)
        (f64.const 9)
        (i32.add (local.get 0) (i32.const 1))
        (local.get 0) (br_table 0 0)))
    (func (export "if") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.const 9) (i32.mul (local.get 0) (i32.const 2)) (br 0))
        (else (i64.const 9) (i32.eqz (local.get 0)) (br 0))))
    (func (export "loop") (param i32) (result i32)
      (local f32 i32)
      (i32.const 1)
      (loop (param i32) (result i32)
        (i32.mul (local.get 0))
        (if (param i32) (result i32)
          (i32.gt_u (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 1))
          (then (f32.const 1) (local.set 1) (local.set 2) (i64.const 5) (local.get 2)
                (i32.add (i32.const 1)) (br 1)))))))");
  EXPECT_EQ(world.get<uint32_t>("br", 7u), 8u);
  EXPECT_EQ(world.get<uint64_t>("two", 7u, uint64_t{5}), 23u);
  EXPECT_EQ(world.get<uint32_t>("table", 7u), 8u);
  EXPECT_EQ(world.get<uint32_t>("if", 7u), 14u);
  EXPECT_EQ(world.get<uint32_t>("if", 0u), 1u);
  // ((1 * 4 + 1) * 3 + 1) * 2
  EXPECT_EQ(world.get<uint32_t>("loop", 4u), 32u);
}

TEST(InterpControl, BranchTables) {
  World world;
  world.add(R"((module
    (func (export "plain") (param i32) (result i32)
      (block (block (block (br_table 0 1 0 2 (local.get 0)))
        (return (i32.const 10))) (return (i32.const 20)))
      (i32.const 30))
    (func (export "values") (param i32) (result i32)
      (block $a (result i32)
        (i32.add (i32.const 100)
          (block $b (result i32)
            (i32.add (i32.const 1000)
              (block $c (result i32)
                (br_table $a $b $c (i32.mul (local.get 0) (i32.const 3))
                          (i32.sub (local.get 0) (i32.const 5)))))))))
    (func (export "returns") (param i32) (result i32)
      (loop $l (result i32)
        (i32.const 7) (br_table 1 1 (local.get 0))))))");
  EXPECT_EQ(world.get<uint32_t>("plain", 0u), 10u);
  EXPECT_EQ(world.get<uint32_t>("plain", 1u), 20u);
  EXPECT_EQ(world.get<uint32_t>("plain", 2u), 10u);
  EXPECT_EQ(world.get<uint32_t>("plain", 3u), 30u);
  EXPECT_EQ(world.get<uint32_t>("plain", ~0u), 30u);
  EXPECT_EQ(world.get<uint32_t>("values", 5u), 15u);
  EXPECT_EQ(world.get<uint32_t>("values", 6u), 118u);
  EXPECT_EQ(world.get<uint32_t>("values", 7u), 1121u);
  EXPECT_EQ(world.get<uint32_t>("returns", 0u), 7u);
}

TEST(InterpControl, ALargeBranchTable) {
  std::string labels;
  for (int i = 0; i < 20'000; ++i) labels += i % 2 == 0 ? " 0" : " 1";
  World world;
  world.add("(module (func (export \"f\") (param i32) (result i32) (block (block (br_table" +
            labels + " 1 (local.get 0))) (return (i32.const 5))) (i32.const 6)))");
  EXPECT_EQ(world.get<uint32_t>("f", 19'998u), 5u);
  EXPECT_EQ(world.get<uint32_t>("f", 19'999u), 6u);
  EXPECT_EQ(world.get<uint32_t>("f", 1'000'000u), 6u);
}

TEST(InterpControl, LocalsThatChangeUnderTheStack) {
  World world;
  world.add(R"((module
    (func (export "set") (param i32) (result i32)
      (local.get 0) (local.set 0 (i32.const 5)) (local.get 0) (i32.sub))
    (func (export "tee") (param i32) (result i32)
      (i32.add (local.get 0) (local.tee 0 (i32.mul (local.get 0) (i32.const 2)))))
    (func (export "branch") (param i32 i32) (result i32)
      (local.get 0)
      (if (local.get 1) (then (local.set 0 (i32.const 100))))
      (i32.sub (local.get 0)))
    (func (export "loop") (param i32) (result i32) (local i32)
      (local.get 0)
      (loop $l
        (local.set 0 (i32.add (local.get 0) (i32.const 1)))
        (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get 1) (i32.const 10))))
      (i32.sub (local.get 0)))
    (func (export "twice") (param i32) (result i32)
      (i32.mul (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
    (func (export "swap") (param i32 i32) (result i32)
      (local.get 1) (local.get 0) (local.set 1) (local.set 0)
      (i32.sub (local.get 0) (local.get 1)))
    (func (export "unset") (param i32) (result i32) (local i32 i64 i32)
      (block (br_if 0 (local.get 0)) (local.set 3 (i32.const 5)))
      (i32.add (local.get 3) (local.get 1)))))");
  EXPECT_EQ(world.get<uint32_t>("set", 12u), 7u);
  EXPECT_EQ(world.get<uint32_t>("tee", 3u), 9u);
  EXPECT_EQ(world.get<int32_t>("branch", 30u, 1u), -70);
  EXPECT_EQ(world.get<int32_t>("branch", 30u, 0u), 0);
  EXPECT_EQ(world.get<int32_t>("loop", 3u), -10);
  EXPECT_EQ(world.get<uint32_t>("twice", 4u), 25u);
  EXPECT_EQ(world.get<int32_t>("swap", 3u, 10u), 7);
  EXPECT_EQ(world.get<uint32_t>("unset", 0u), 5u);
  EXPECT_EQ(world.get<uint32_t>("unset", 1u), 0u);
}

TEST(InterpControl, LoopsThatCount) {
  World world;
  const auto loop = [](const char* type, const char* compare, const char* bound) {
    return std::string("(local.set 1 (") + type +
           ".const 0)) (loop $l (local.set 2 (i32.add "
           "(local.get 2) (i32.const 1))) (br_if $l (" +
           type + "." + compare + " (local.tee 1 (" + type + ".add (local.get 1) (" + type +
           ".const 3))) " + bound + "))) (local.get 2)";
  };
  world.add("(module (func (export \"imm\") (param i32) (result i32) (local i32 i32) " +
            loop("i32", "lt_s", "(i32.const 10)") + ")" +
            "(func (export \"slot\") (param i64) (result i32) (local i64 i32) " +
            loop("i64", "ne", "(local.get 0)") + ")" +
            "(func (export \"itself\") (param i32) (result i32) (local i32 i32) " +
            loop("i32", "ne", "(local.get 1)") + ")" +
            R"((func (export "down") (param i32) (result i32) (local i32)
                 (loop $l
                   (local.set 1 (i32.add (local.get 1) (i32.const 1)))
                   (br_if $l (local.tee 0 (i32.add (local.get 0) (i32.const -1)))))
                 (local.get 1))
               (func (export "eqz") (param i32 i64) (result i32) (local i32)
                 (loop $l
                   (local.set 2 (i32.add (local.get 2) (i32.const 1)))
                   (local.set 1 (i64.sub (local.get 1) (i64.const 1)))
                   (br_if $l (i32.eqz (i64.eqz (local.get 1)))))
                 (if (i32.eqz (i32.lt_u (local.get 2) (local.get 0))) (then (return (i32.const -1))))
                 (local.get 2))))");
  EXPECT_EQ(world.get<uint32_t>("imm", 0u), 4u);
  EXPECT_EQ(world.get<uint32_t>("slot", uint64_t{30}), 10u);
  EXPECT_EQ(world.get<uint32_t>("itself", 0u), 1u);
  EXPECT_EQ(world.get<uint32_t>("down", 17u), 17u);
  EXPECT_EQ(world.get<uint32_t>("eqz", 9u, uint64_t{6}), 6u);
  EXPECT_EQ(world.get<uint32_t>("eqz", 6u, uint64_t{6}), 0xFFFFFFFFu);
}

TEST(InterpControl, Fifty000LocalsAndADeepStack) {
  // Slots far beyond what narrow operands reach: arithmetic, calls, control and memory on them.
  std::string body;
  for (int i = 0; i < 9000; ++i) body += "(i64.const " + std::to_string(i) + ")";
  std::string adds;
  for (int i = 0; i < 8999; ++i) adds += "(i64.add)";
  World world;
  world.add("(module (memory 1) (func $id (param i64 i32) (result i64) (local.get 0))"
            "(func (export \"deep\") (result i64)" +
            body + adds +
            ")"
            R"((func (export "locals") (param i32) (result i64)
                 (local $a i32) (local $b f64))" +
            [] {
              std::string locals;
              for (int i = 0; i < 50; ++i) {
                locals += "(local";
                for (int j = 0; j < 990; ++j) locals += j % 2 == 0 ? " i64" : " f32";
                locals += ")";
              }
              return locals;
            }() +
            R"((local $x i64) (local $y i32) (local $z f64) (local $v f32)
               (local.set $y (i32.const 10))
               (loop $l
                 (local.set $x (i64.add (local.get $x) (i64.extend_i32_u (local.get $y))))
                 (local.set $z (f64.add (local.get $z) (f64.convert_i32_s (local.get $y))))
                 (br_if $l (i32.ne (local.tee $y (i32.add (local.get $y) (i32.const -1)))
                                   (i32.const 0))))
               (i64.store (local.get 0) (local.get $x))
               (local.set $x (select (local.get $x) (i64.const 1)
                                     (i32.lt_s (local.get $y) (i32.const 5))))
               (local.set $v (f32.demote_f64 (local.get $z)))
               (i64.add (i64.add (call $id (local.get $x) (local.get $y))
                                 (i64.load (local.get 0)))
                        (i64.trunc_f32_s (local.get $v))))
               (func (export "both") (result i64) (i64.add (call 2 (i32.const 8)) (call 1)))))");
  EXPECT_EQ(world.get<uint64_t>("deep"), 9000ull * 8999 / 2);
  EXPECT_EQ(world.get<uint64_t>("locals", 16u), 55u + 55 + 55);
  EXPECT_EQ(world.get<uint64_t>("both"), 165u + 9000ull * 8999 / 2);
}

TEST(InterpControl, References) {
  World world;
  world.add(R"((module
    (type $t (func (result i32)))
    (func $f (type $t) (i32.const 4))
    (elem declare func $f)
    (func (export "on_null") (param i32) (result i32)
      (local $r (ref null $t))
      (if (local.get 0) (then (local.set $r (ref.func $f))))
      (block $null
        (return (call_ref $t (br_on_null $null (local.get $r)))))
      (i32.const -1))
    (func (export "on_non_null") (param i32) (result i32)
      (block $some (result (ref $t))
        (br_on_non_null $some
          (select (result (ref null $t)) (ref.func $f) (ref.null $t) (local.get 0)))
        (return (i32.const -2)))
      (call_ref $t))
    (func (export "return_on_null") (param i32) (result i32)
      (local $r (ref null $t))
      (if (local.get 0) (then (local.set $r (ref.func $f))))
      (i32.const 77)
      (drop (br_on_null 0 (local.get $r)))
      (i32.const 11) (i32.add))
    (func (export "as_non_null") (param i32) (result i32)
      (call_ref $t (ref.as_non_null
        (select (result (ref null $t)) (ref.func $f) (ref.null $t) (local.get 0)))))))");
  EXPECT_EQ(world.get<int32_t>("on_null", 1u), 4);
  EXPECT_EQ(world.get<int32_t>("on_null", 0u), -1);
  EXPECT_EQ(world.get<int32_t>("on_non_null", 1u), 4);
  EXPECT_EQ(world.get<int32_t>("on_non_null", 0u), -2);
  EXPECT_EQ(world.get<int32_t>("return_on_null", 0u), 77);
  EXPECT_EQ(world.get<int32_t>("return_on_null", 1u), 88);
  EXPECT_EQ(world.get<int32_t>("as_non_null", 1u), 4);
  EXPECT_EQ(world.trap("as_non_null", 0u), TrapKind::null_reference);
}

TEST(InterpControl, TrapsInEveryForm) {
  World world;
  world.add(R"((module
    (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func (export "div_acc") (param i32 i32) (result i32)
      (i32.div_s (i32.add (local.get 0) (i32.const 1)) (local.get 1)))
    (func (export "div_imm") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const -1)))
    (func (export "acc_div") (param i64) (result i64)
      (i64.rem_u (i64.const 5) (i64.mul (local.get 0) (i64.const 2))))
    (func (export "trunc") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
    (func (export "trunc_acc") (param f32) (result i64)
      (i64.trunc_f32_u (f32.mul (local.get 0) (f32.const 2))))))");
  constexpr uint32_t kMin = 0x80000000u;
  EXPECT_EQ(world.trap("div", 1u, 0u), TrapKind::integer_divide_by_zero);
  EXPECT_EQ(world.trap("div", kMin, ~0u), TrapKind::integer_overflow);
  EXPECT_EQ(world.trap("div_acc", 1u, 0u), TrapKind::integer_divide_by_zero);
  EXPECT_EQ(world.trap("div_acc", kMin - 1, ~0u), TrapKind::integer_overflow);
  EXPECT_EQ(world.trap("div_imm", kMin), TrapKind::integer_overflow);
  EXPECT_EQ(world.get<int32_t>("div_imm", 5u), -5);
  EXPECT_EQ(world.trap("acc_div", uint64_t{1} << 63), TrapKind::integer_divide_by_zero);
  EXPECT_EQ(world.trap("trunc", 1e10), TrapKind::integer_overflow);
  EXPECT_EQ(world.trap("trunc", std::numeric_limits<double>::quiet_NaN()),
            TrapKind::invalid_conversion_to_integer);
  EXPECT_EQ(world.trap("trunc_acc", -1.0f), TrapKind::integer_overflow);
  EXPECT_EQ(world.get<uint64_t>("trunc_acc", 2.25f), 4u);
}

TEST(InterpControl, DeterministicNansAreCanonical) {
  World world({.deterministic = true});
  world.add(R"((module
    (func (export "f64") (param f64 f64) (result i64)
      (i64.reinterpret_f64 (f64.add (local.get 0) (local.get 1))))
    (func (export "f32") (param f32) (result i32)
      (i32.reinterpret_f32 (f32.sqrt (local.get 0))))
    (func (export "keep") (param f64) (result i64)
      (i64.reinterpret_f64 (f64.neg (local.get 0))))))");
  EXPECT_EQ(world.get<uint64_t>("f64", std::bit_cast<double>(0xFFF8000000000123u), 1.0),
            0x7FF8000000000000u);
  EXPECT_EQ(world.get<uint64_t>("f64", std::numeric_limits<double>::infinity(),
                                -std::numeric_limits<double>::infinity()),
            0x7FF8000000000000u);
  EXPECT_EQ(world.get<uint32_t>("f32", -1.0f), 0x7FC00000u);
  EXPECT_EQ(world.get<uint64_t>("keep", std::bit_cast<double>(0x7FF8000000000123u)),
            0xFFF8000000000123u);
  EXPECT_EQ(world.get<uint64_t>("f64", 1.5, 2.0), std::bit_cast<uint64_t>(3.5));
}

} // namespace
} // namespace waxwing::interp::testing
