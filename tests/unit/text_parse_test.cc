// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/parse.hpp"

#include <gtest/gtest.h>

namespace waxwing::text {
namespace {

// The bytes behind the header, in hexadecimal; without a name section.
std::string hex(std::string_view source) {
  ParseOptions options;
  options.names = false;
  const auto binary = parse_module(source, options);
  if (!binary) return binary.error().message;
  std::string shown;
  for (size_t i = 8; i < binary->bytes.size(); ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    shown += kDigits[binary->bytes[i] >> 4];
    shown += kDigits[binary->bytes[i] & 15];
  }
  return shown;
}

// LINE:COLUMN: MESSAGE
std::string error(std::string_view source) {
  const auto binary = parse_module(source);
  if (binary) return "no error";
  return std::to_string(binary.error().line) + ":" + std::to_string(binary.error().column) + ": " +
         binary.error().message;
}

bool fails(std::string_view source, std::string_view message) {
  const auto binary = parse_module(source);
  return !binary && binary.error().message.starts_with(message);
}

// The body of the only function, without locals and the last `end`.
std::string code(const std::string& body) {
  const std::string all = hex("(module (func " + body + "))");
  constexpr std::string_view kBefore = "01040160000003020100"; // type and function sections
  if (!all.starts_with(kBefore)) return all;
  const std::string section = all.substr(kBefore.size());
  // id, size, count, size, locals: bodies of the tests are short.
  return section.substr(10, section.size() - 12);
}

TEST(Parse, TakesAllFormsOfAModule) {
  EXPECT_EQ(hex(""), "");
  EXPECT_EQ(hex("(module)"), "");
  EXPECT_EQ(hex("(module $m (@name \"x\"))"), "");
  EXPECT_EQ(hex("(module definition $m)"), "");
  EXPECT_EQ(hex("(memory 1)"), "0503010001");
  EXPECT_EQ(hex("(module binary \"\\00asm\" \"\\01\\00\\00\\00\" \"\\05\\01\\00\")"), "050100");
  EXPECT_EQ(hex("(module quote \"(memory\" \" 1)\")"), "0503010001");
  EXPECT_EQ(error("(module) (module)"),
            "1:10: unexpected token `(`, expected the end of the module");
  EXPECT_EQ(error("(module binary 1)"), "1:16: unexpected token `1`, expected a string");
  EXPECT_EQ(parse_module("(module $\"a b\")")->id, "a b");
}

TEST(Parse, SharesTypes) {
  EXPECT_EQ(hex("(func (param i32)) (type (func)) (func (param $x i32)) (func)"), "01"
                                                                                  "08"
                                                                                  "02"
                                                                                  "600000"
                                                                                  "60017f00"
                                                                                  "03"
                                                                                  "04"
                                                                                  "03"
                                                                                  "010100"
                                                                                  "0a"
                                                                                  "0a"
                                                                                  "03"
                                                                                  "02000b"
                                                                                  "02000b"
                                                                                  "02000b");
  EXPECT_TRUE(
      fails("(type $t (func (param i32))) (func (type $t) (param i64))", "inline function type"));
  EXPECT_TRUE(fails("(func (type 0) (param i32))", "unknown type"));
  EXPECT_TRUE(fails("(func (type $t))", "unknown type $t"));
}

TEST(Parse, EncodesTypes) {
  EXPECT_EQ(hex("(type (struct (field $a i8) (field (mut (ref null 0)) funcref)))"), "010a015f03"
                                                                                     "7800"
                                                                                     "630001"
                                                                                     "7000");
  EXPECT_EQ(hex("(rec (type $a (sub (array (mut i16)))) (type (sub final $a (array (mut i16)))))"),
            "010e014e02"
            "50005e7701"
            "4f01005e7701");
  EXPECT_EQ(hex("(table i64 1 2 (ref extern))"), "0406"
                                                 "01"
                                                 "646f"
                                                 "050102");
  EXPECT_EQ(hex("(memory i64 1 2 shared (pagesize 1))"), "0505"
                                                         "01"
                                                         "0f010200");
  EXPECT_EQ(hex("(global (mut v128) (v128.const i64x2 -1 0))"), "0616"
                                                                "01"
                                                                "7b01"
                                                                "fd0c"
                                                                "ffffffffffffffff"
                                                                "0000000000000000"
                                                                "0b");
}

TEST(Parse, EncodesSegments) {
  EXPECT_EQ(hex("(table 1 funcref) (elem (i32.const 0))"), "04040170"
                                                           "0001"
                                                           "0906"
                                                           "01"
                                                           "0041000b00");
  EXPECT_EQ(hex("(table (ref null any) (elem (item i32.const 1 ref.i31)))"), "0405"
                                                                             "01"
                                                                             "6e"
                                                                             "010101"
                                                                             "090d"
                                                                             "01"
                                                                             "06"
                                                                             "00"
                                                                             "41000b"
                                                                             "6e"
                                                                             "01"
                                                                             "4101fb1c0b");
  EXPECT_EQ(hex("(elem declare externref)"), "0904"
                                             "01"
                                             "076f00");
  EXPECT_EQ(hex("(memory (data \"ab\" \"c\"))"), "0504"
                                                 "01"
                                                 "010101"
                                                 "0b09"
                                                 "01"
                                                 "0041000b"
                                                 "03616263");
  EXPECT_EQ(hex("(data \"a\")"), "0b04"
                                 "01"
                                 "010161");
}

TEST(Parse, OrdersFoldedInstructions) {
  EXPECT_EQ(code("(drop (i32.add (i32.const 1) (i32.const 2)))"), "410141026a1a");
  EXPECT_EQ(code("(if (i32.const 1) (then nop) (else unreachable))"), "410104400105000b");
  EXPECT_EQ(code("(block $a (block $b (br $a) (br $b) (br 0)))"), "024002400c010c000c000b0b");
  EXPECT_EQ(code("block $a block $a br $a end br $a end $a"), "024002400c000b0c000b");
  EXPECT_EQ(code("(block $a (try_table (catch_all $a)))"), "02401f400102000b0b");
  EXPECT_EQ(code("(try $t (do (try (do nop) (delegate $t))) (catch_all))"), "06400640011800190b");
}

TEST(Parse, ScopesLabels) {
  EXPECT_TRUE(fails("(func (if $l (br_if $l (i32.const 0)) (then)))", "unknown label $l"));
  EXPECT_TRUE(fails("(func (try_table $l (catch_all $l)))", "unknown label $l"));
  EXPECT_TRUE(fails("(func block $a end $b)", "mismatching label $b"));
  EXPECT_TRUE(fails("(func block end $b)", "mismatching label $b"));
}

TEST(Parse, SaysWhatAndWhere) {
  EXPECT_EQ(error("(module\n  (func\n    get_local 0))"), "3:5: unknown operator get_local");
  EXPECT_EQ(error("(func (i32.const))"), "1:17: unexpected token `)`, expected an i32");
  EXPECT_EQ(error("(func (local $x i32) (local $x i32))"), "1:29: duplicate local $x");
  EXPECT_EQ(error("(func $f) (func $f)"), "1:17: duplicate func $f");
  EXPECT_EQ(error("(func (call $g))"), "1:13: unknown function $g");
  EXPECT_EQ(error("(func) (import \"\" \"\" (func))"), "1:9: import after function");
  EXPECT_EQ(error("(start 0) (start 0)"), "1:12: multiple start sections");
  EXPECT_EQ(error("(memory 0) (func (drop (i32.load align=3 (i32.const 0))))"),
            "1:34: alignment must be a power of two");
  EXPECT_EQ(error("(func (drop (i32.const 0x100000000)))"), "1:24: constant out of range");
  EXPECT_EQ(error("(func (drop (v128.const i32x4 1 2 3)))"),
            "1:36: wrong number of lane literals, expected 4, found 3");
  EXPECT_EQ(error("(export \"\\ff\" (func 0))"), "1:9: malformed UTF-8 encoding");
  EXPECT_EQ(error("(func"), "1:6: unexpected token: end of input, expected `)` for the `(` at 1:1");
  EXPECT_EQ(error("(memory 0 (pagesize 3))"), "1:21: invalid custom page size");
  EXPECT_EQ(error("(func (nop (@custom \"a\")))"), "1:12: misplaced @custom annotation");
  EXPECT_EQ(error("(func (block (then)))"),
            "1:15: unexpected token `then`, expected an instruction");
}

TEST(Parse, RefusesUnbalancedBlocks) {
  for (const char* body :
       {"block", "end", "else", "if else else end", "(block end)", "(block loop)",
        "(if (then) (then))", "(if (else))", "(if (i32.const 0))", "try end catch_all", "catch_all",
        "delegate 0", "(try)", "(try (do) (catch_all) (catch_all))", "(then)",
        "(i32.add i32.const 1)", "(if i32.const 0 (then))"})
    EXPECT_TRUE(fails("(func " + std::string(body) + ")", "unexpected token")) << body;
}

TEST(Parse, ReadsBoundsAs32BitWithoutMemory64) {
  ParseOptions options;
  options.features = FeatureSet::version(2);
  const auto binary = parse_module("(memory 0x1_0000_0000)", options);
  ASSERT_FALSE(binary.has_value());
  EXPECT_EQ(binary.error().message, "i32 constant out of range");
  EXPECT_TRUE(parse_module("(memory 0x1_0000_0000)").has_value());
}

TEST(Parse, WritesNames) {
  const auto binary = parse_module(
      "(module $m (func $f (param $p i32) (local $l i32) (block $b)) (func (@name \"g g\")))");
  ASSERT_TRUE(binary.has_value());
  const std::string bytes(binary->bytes.begin(), binary->bytes.end());
  constexpr char kNames[] = "\4name"
                            "\0\2\1m"
                            "\1\x09\2\0\1f\1\3g g"
                            "\2\x09\1\0\2\0\1p\1\1l"
                            "\3\x06\1\0\1\0\1b";
  const std::string_view names(kNames, sizeof kNames - 1);
  EXPECT_TRUE(bytes.ends_with(names));
}

TEST(Parse, TakesNamesFromAnnotations) {
  const auto plain = parse_module(R"((type $t (struct (field $f i32)))
    (func $g (param $p i32) (local $l i64) block $b end (if $c (i32.const 0) (then)))
    (table $tb 0 funcref) (tag $e))");
  const auto annotated = parse_module(R"((type $1 (@name "t") (struct (field $2 (@name "f") i32)))
    (func (@name "g") (param $3 (@name "p") i32) (local $4 (@name "l") i64) block $5 (@name "b") end
      (if (@name "c") (i32.const 0) (then)))
    (table (@name "tb") 0 funcref) (tag $6 (@name "e")))");
  ASSERT_TRUE(plain.has_value());
  ASSERT_TRUE(annotated.has_value()) << annotated.error().message;
  EXPECT_EQ(plain->bytes, annotated->bytes);
}

TEST(Parse, PlacesCustomSections) {
  EXPECT_EQ(
      hex("(@custom \"a\") (@custom \"b\" (before memory) \"x\") (@custom \"c\" (before first)) "
          "(memory 0)"),
      "0002"
      "0163"
      "0003"
      "016278"
      "0503010000"
      "0002"
      "0161");
}

TEST(Parse, WritesBranchHints) {
  const std::string module = hex("(func i32.const 0 (@metadata.code.branch_hint \"\\01\") if end)");
  EXPECT_NE(module.find("0100"
                        "01"
                        "03"
                        "01"
                        "01"
                        "0a"),
            std::string::npos)
      << module;
}

TEST(Parse, MapsInstructionsToTheirSource) {
  ParseOptions options;
  options.source_map = true;
  const std::string source = "(func (drop (i32.const 1)) nop)";
  const auto binary = parse_module(source, options);
  ASSERT_TRUE(binary.has_value());
  ASSERT_EQ(binary->source_map.size(), 3u);
  const char* mnemonics[] = {"i32.const", "drop", "nop"};
  const uint8_t codes[] = {0x41, 0x1A, 0x01};
  for (size_t i = 0; i < 3; ++i) {
    const SourceLocation& location = binary->source_map[i];
    EXPECT_EQ(binary->bytes[location.code], codes[i]);
    EXPECT_EQ(source.substr(location.source, std::string_view(mnemonics[i]).size()), mnemonics[i]);
  }
}

TEST(Parse, SurvivesDeepNesting) {
  const auto repeat = [](std::string_view text) {
    std::string all;
    for (int i = 0; i < 200'000; ++i) all += text;
    return all;
  };
  EXPECT_TRUE(parse_module("(func " + repeat("(block $a ") + "(br $a)" + repeat(")") + ")"));
  EXPECT_TRUE(parse_module("(func " + repeat("block ") + repeat("end ") + ")"));
  EXPECT_TRUE(parse_module("(func " + repeat("(drop ") + repeat(")") + ")"));
  EXPECT_TRUE(parse_module("(func " + repeat("(if (i32.const 0) (then ") + repeat("))") + ")"));
  EXPECT_FALSE(parse_module(repeat("(module ") + repeat(")")));
  EXPECT_FALSE(parse_module("(global " + repeat("(ref ") + repeat(")") + ")"));
}

} // namespace
} // namespace waxwing::text
