// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/print.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "support/counting_allocator.hpp"
#include "text/script.hpp"

namespace waxwing::text {
namespace {

using testing::CountingAllocator;

FeatureSet all_features() {
  FeatureSet features = FeatureSet::defaults();
  features.add(Feature::legacy_exceptions);
  return features;
}

std::string print(const std::vector<uint8_t>& bytes) {
  CountingAllocator counting;
  Module module(counting.allocator());
  if (const auto decoded = decode(bytes, all_features(), module); !decoded)
    return "decode error " + std::to_string(static_cast<int>(decoded.error().code));
  const auto printed = print_module(module);
  if (!printed) return "print error " + std::to_string(static_cast<int>(printed.error().code));
  return *printed;
}

std::string print(std::string_view source) {
  const auto binary = parse_module(source);
  return binary ? print(binary->bytes) : binary.error().message;
}

// Text to bytes to text to bytes.
void expect_round_trip(std::string_view source) {
  const auto first = parse_module(source);
  ASSERT_TRUE(first.has_value()) << first.error().message << "\n" << source;
  const std::string printed = print(first->bytes);
  const auto second = parse_module(printed);
  ASSERT_TRUE(second.has_value()) << second.error().message << "\n" << printed;
  EXPECT_EQ(first->bytes, second->bytes) << printed;
}

// The operator with immediates of some kind, in its block where it needs one.
std::string example(Op op) {
  const std::string name(op_name(op));
  switch (op) {
  case Op::block:
  case Op::loop:
  case Op::if_: return name + " $l (result i32) br $l end";
  case Op::else_: return "if else end";
  case Op::end: return "block end";
  case Op::try_: return "try $l (type $f) catch_all end";
  case Op::catch_: return "try catch $t end";
  case Op::catch_all: return "try catch $t catch_all end";
  case Op::delegate: return "block $b try delegate $b end";
  case Op::ref_null: return "ref.null $s ref.null extern";
  case Op::ref_test:
  case Op::ref_cast: return name + " (ref $s)";
  case Op::ref_test_null:
  case Op::ref_cast_null: return name + " (ref null $s) " + name + " anyref";
  default: break;
  }
  switch (info(op).immediate) {
  case Imm::none: return name;
  case Imm::label: return "block $l " + name + " $l " + name + " 1 end";
  case Imm::br_table: return "block $l " + name + " 0 1 $l 0 end";
  case Imm::func: return name + " $fn " + name + " 0";
  case Imm::call_indirect: return name + " (type $f) " + name + " $tb2 (type $f)";
  case Imm::local: return name + " $x";
  case Imm::global: return name + " $g";
  case Imm::table: return name + " " + name + " $tb2";
  case Imm::memory: return name + " " + name + " $m2";
  case Imm::memarg:
  case Imm::atomic_memarg:
    return name + " " + name + " $m2 offset=0x1_0000_0000 align=1 " + name + " 0 align=8";
  case Imm::memarg_lane: return name + " 1 " + name + " 1 0 " + name + " $m2 offset=8 align=1 1";
  case Imm::i32: return name + " 0x80000000 " + name + " -1";
  case Imm::i64: return name + " 0x8000000000000000 " + name + " 64";
  case Imm::f32:
  case Imm::f64:
    return name + " -0x1.8p-3 " + name + " -nan:0x12345 " + name + " inf " + name + " 1e-40";
  case Imm::v128:
    return name + " f64x2 1 nan " + name + " i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1";
  case Imm::lane: return name + " 1";
  case Imm::shuffle: return name + " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31";
  case Imm::type: return name + " $s";
  case Imm::type_field: return name + " $s $b " + name + " $s 0";
  case Imm::type_count: return name + " $a 7";
  case Imm::type_data: return name + " $a $d";
  case Imm::type_elem: return name + " $a $e";
  case Imm::type_type: return name + " $a 2";
  case Imm::br_on_cast: return "block $l " + name + " $l anyref (ref $s) end";
  case Imm::select_t: return name + " (result i32)";
  case Imm::try_table:
    return "block $o " + name +
           " (result i32) (catch $t $o) (catch_ref $t 0) (catch_all $o) "
           "(catch_all_ref 1) end end";
  case Imm::tag: return name + " $t";
  case Imm::data: return name + " $d";
  case Imm::elem: return name + " $e";
  case Imm::data_memory: return name + " $d " + name + " $m2 $d";
  case Imm::elem_table: return name + " $e " + name + " $tb2 $e";
  case Imm::memory_memory: return name + " " + name + " $m2 0";
  case Imm::table_table: return name + " " + name + " 0 $tb2";
  case Imm::fence: return name;
  case Imm::block:
  case Imm::heap_type: break;
  }
  return "an operator without an example";
}

TEST(Print, EveryOperatorRoundTrips) {
  for (size_t i = 0; i < kOpCount; ++i) {
    const auto op = static_cast<Op>(i);
    const std::string source =
        "(module (type $f (func)) (type $s (struct (field i32) (field $b i32))) (type $a (array "
        "i8)) "
        "(table $tb 1 funcref) (table $tb2 1 funcref) (memory $m 1) (memory $m2 1) (tag $t (type "
        "$f)) "
        "(global $g i32 (i32.const 0)) (elem $e func $fn) (func $fn (type $f) (local $x i32) " +
        example(op) + ") (data $d \"x\"))";
    SCOPED_TRACE(source);
    expect_round_trip(source);
    EXPECT_NE(print(source).find(op_name(op)), std::string::npos);
  }
}

TEST(Print, EveryFieldRoundTrips) {
  expect_round_trip(R"((module $"a b"
    (rec (type $a (sub (struct (field $x (mut i8)) (field (ref null $b)))))
         (type $b (sub final $a (struct (field $x (mut i8)) (field (ref null $b)) (field f64)))))
    (type $c (array (mut (ref extern))))
    (import "m" "f" (func $f (param i32 i64) (result f32 f64)))
    (import "m" "t" (table $t i64 1 2 externref))
    (import "m" "\u{202e}" (memory 1 2 shared))
    (import "m" "g" (global $g (mut v128)))
    (import "m" "e" (tag $e (param i32)))
    (table 1 (ref null $c) (ref.null $c))
    (memory i64 0 (pagesize 1))
    (global (ref null any) (ref.i31 (i32.const 1)))
    (tag (export "tag"))
    (export "f" (func $f))
    (func $dup (param $p i32) (param i64) (local $l i32) (local i32 i32))
    (func (@name "dup") (export "x\"\\\00"))
    (start $dup)
    (elem $el (table $t) (offset (i64.const 0)) externref (ref.null extern) (item ref.null noextern))
    (elem declare func $f $dup)
    (elem (ref null $c))
    (data (memory 1) (offset (i64.const 1) (i64.const 2) i64.add) "\00\ff\"abc\\")
    (data "passive")
    (@custom "c" (after type) "\01")))");
}

TEST(Print, ReadsWell) {
  EXPECT_EQ(
      print("(func $f (export \"e\") (param $n i32) (result i32) (if (result i32) (local.get $n) "
            "(then (i32.const 1)) (else (block $b (br $b)) (f32.const 0.1) (unreachable))))"),
      R"((module
  (type (;0;) (func (param i32) (result i32)))
  (export "e" (func $f))
  (func $f (type 0) (param $n i32) (result i32)
    local.get $n
    if (result i32)
      i32.const 1
    else
      block $b
        br $b
      end
      f32.const 0.1
      unreachable
    end))
)");
}

TEST(Print, MakesIdentifiersUnique) {
  // Two functions and two nested blocks of the same name, which only a name section can have.
  const std::string printed =
      print("(module (func $a) (func (@name \"a\")) (func (block $b (block $b (br 1) (br 0)))))");
  EXPECT_NE(printed.find("(func $a#1 (@name \"a\")"), std::string::npos) << printed;
  EXPECT_NE(printed.find("br $b\n"), std::string::npos) << printed;
  EXPECT_NE(printed.find("br $b#1\n"), std::string::npos) << printed;
}

TEST(Print, LeavesNothingDeceptive) {
  const std::string printed = print("(export \"a\\u{202e}b\\u{7f}\\u{e4}\" (func 0)) (func)");
  EXPECT_NE(printed.find("\"a\\e2\\80\\aeb\\7f\xC3\xA4\""), std::string::npos) << printed;
}

TEST(Print, RefusesMalformedBodies) {
  const auto module = [](std::string_view body) {
    std::vector<uint8_t> bytes{0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10};
    bytes.push_back(static_cast<uint8_t>(body.size() + 2));
    bytes.push_back(1);
    bytes.push_back(static_cast<uint8_t>(body.size()));
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
  };
  const auto fails = [&](std::string_view body) {
    return print(module(body)).starts_with("print error");
  };
  EXPECT_FALSE(fails(std::string_view("\0\x0B", 2)));
  EXPECT_TRUE(fails(std::string_view("\0\x01", 2))) << "no end";
  EXPECT_TRUE(fails(std::string_view("\0\x0B\x01", 3))) << "code behind the end";
  EXPECT_TRUE(fails(std::string_view("\0\x05\x0B", 3))) << "else without if";
  EXPECT_TRUE(fails(std::string_view("\0\xFF\x0B", 3))) << "no operator";
  EXPECT_TRUE(fails("\x01\xFF\xFF\xFF\xFF\x0F\x7F\x0B")) << "2^32 - 1 locals";
}

// Every module of the official scripts, where WAXWING_TESTSUITE names their folder: texts that have
// to be refused are, with the message that the script asks for, and everything else comes back from
// bytes to text to bytes.
TEST(Print, OfficialModulesRoundTrip) {
  const char* folder = std::getenv("WAXWING_TESTSUITE");
  if (folder == nullptr) GTEST_SKIP() << "WAXWING_TESTSUITE is not set";
  size_t modules = 0;
  size_t refused = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (entry.path().extension() != ".wast" ||
        path.find("custom-descriptors") != std::string::npos ||
        path.find("shared-everything") != std::string::npos)
      continue;
    std::ifstream file(path);
    std::stringstream content;
    content << file.rdbuf();
    const auto script = read_script(content.str());
    ASSERT_TRUE(script.has_value())
        << path << ":" << script.error().line << ": " << script.error().message;
    ParseOptions options;
    if (path.find("threads") != std::string::npos) options.features.remove(Feature::memory64);
    for (const Command& command : script->commands()) {
      SCOPED_TRACE(path + ":" + std::to_string(command.line));
      if (command.module.form == ScriptModule::Form::none) continue;
      const auto binary = script->binary(command.module, options);
      const bool bad = command.kind == CommandKind::assert_malformed ||
                       command.kind == CommandKind::assert_malformed_custom ||
                       command.kind == CommandKind::assert_invalid_custom;
      if (bad && command.module.form != ScriptModule::Form::binary) {
        ++refused;
        ASSERT_FALSE(binary.has_value());
        EXPECT_TRUE(binary.error().message.starts_with(command.message))
            << binary.error().message << ", expected: " << command.message;
        continue;
      }
      ASSERT_TRUE(binary.has_value()) << binary.error().message;
      if (bad || command.kind == CommandKind::assert_invalid) continue;
      ++modules;
      const std::string printed = print(binary->bytes);
      const auto again = parse_module(printed, options);
      ASSERT_TRUE(again.has_value()) << again.error().message << "\n" << printed;
      if (binary->bytes == again->bytes) continue;
      // What one text can say, several binaries can: then the texts must agree.
      EXPECT_EQ(print(again->bytes), printed);
    }
  }
  EXPECT_GT(modules, 2500u);
  EXPECT_GT(refused, 1200u);
}

} // namespace
} // namespace waxwing::text
