// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/lexer.hpp"

#include <gtest/gtest.h>

namespace waxwing::text {
namespace {

// One letter a token: ( ) @ k(eyword) n(at) i(nteger) f(loat) s(tring) $ r(eserved).
std::string kinds(std::string_view source) {
  const auto list = tokenize(source);
  if (!list) return list.error().message;
  std::string shown;
  for (const Token& token : list->tokens) {
    constexpr std::string_view kLetters = "()@knifs$r";
    if (token.kind != TokenKind::end) shown += kLetters[static_cast<size_t>(token.kind)];
  }
  return shown;
}

TEST(Lexer, SortsWordsIntoClasses) {
  EXPECT_EQ(kinds("(module $m \"s\" 1 -1 1.5)"), "(k$snif)");
  EXPECT_EQ(kinds("0x1f +0x1f 0x1.8p-3 1e5 inf -nan nan:0x7"), "nifffff");
  EXPECT_EQ(kinds("0x 1_ _1 1__0 .5 1e 0x1p Name #x @a"), "rrrrrrrrrr");
  EXPECT_EQ(kinds("1_000 0x_1 0xf_f 1.0_0e1_0"), "nrnf");
  EXPECT_EQ(kinds("nan:canonical nan:1 i32.const0 offset=4 offset=x align="), "kkkkkk");
}

TEST(Lexer, TokensNeedSpaceBetweenThem) {
  EXPECT_EQ(kinds("0drop"), "r");
  EXPECT_EQ(kinds("0$l"), "r");
  EXPECT_EQ(kinds("$l$l"), "$");
  EXPECT_EQ(kinds("$\"l\"$l"), "r");
  EXPECT_EQ(kinds("\"a\"\"b\""), "r");
  EXPECT_EQ(kinds("data\"a\""), "r");
  EXPECT_EQ(kinds("a(b)\"c\"(d)"), "k(k)s(k)");
}

TEST(Lexer, LeavesOutComments) {
  EXPECT_EQ(kinds("a ;; b ( \" \nc"), "kk");
  EXPECT_EQ(kinds("a ;; b\rc"), "kk");
  EXPECT_EQ(kinds("a(; b (; c ;) \" ;)d"), "kk");
  EXPECT_EQ(kinds("a;;b"), "k");
  EXPECT_EQ(kinds("(; (; ;)"), "unclosed comment");
}

TEST(Lexer, LeavesOutAnnotationsWithoutMeaning) {
  EXPECT_EQ(kinds("(@a , ; ] [ }} (x (@) (@ y)) \")\" ;; )\n) b"), "k");
  EXPECT_EQ(kinds("(@\"a b\" c)"), "");
  EXPECT_EQ(kinds("(@custom \"a\")"), "@s)");
  EXPECT_EQ(kinds("(@\"na\\6de\" \"a\")"), "@s)");
  EXPECT_EQ(kinds("(@)"), "empty annotation id");
  EXPECT_EQ(kinds("(@\"\")"), "empty annotation id");
  EXPECT_EQ(kinds("(@x (y)"), "unclosed annotation");
  EXPECT_EQ(kinds("(@custom"), "unclosed annotation");
  EXPECT_EQ(kinds("(@x \"a"), "unclosed string");
  EXPECT_EQ(kinds("(@x \x01)"), "illegal character");
}

TEST(Lexer, RefusesWhatNoTokenMayHold) {
  EXPECT_EQ(kinds("\x7F"), "illegal character");
  EXPECT_EQ(kinds("\xC3\xA4"), "illegal character");
  EXPECT_EQ(kinds("\"\xC3\xA4\""), "s");
  EXPECT_EQ(kinds(";; \xC3"), "malformed UTF-8 encoding");
  EXPECT_EQ(kinds("\"\xED\xA0\x80\""), "malformed UTF-8 encoding");
  EXPECT_EQ(kinds("\"a\nb\""), "illegal control character in string");
  EXPECT_EQ(kinds("\"\\x\""), "illegal escape in string");
  EXPECT_EQ(kinds("\"\\u{d800}\""), "illegal escape in string");
  EXPECT_EQ(kinds("\"\\u{110000}\""), "illegal escape in string");
  EXPECT_EQ(kinds("\"\\u{}\""), "illegal escape in string");
  EXPECT_EQ(kinds("$"), "empty identifier");
  EXPECT_EQ(kinds("$\"\""), "empty identifier");
  EXPECT_EQ(kinds("$\"\\ff\""), "malformed UTF-8 encoding");
}

TEST(Lexer, MatchesParentheses) {
  const auto list = tokenize("(a (b) c)");
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->tokens[0].value, 6u);
  EXPECT_EQ(list->tokens[2].value, 4u);
  EXPECT_EQ(list->tokens[6].value, 0u);
  EXPECT_TRUE(kinds("(a").starts_with("unexpected token: end of input"));
  EXPECT_EQ(kinds("a)"), "unexpected token `)`");
}

TEST(Lexer, CountsLinesAndColumns) {
  const auto list = tokenize("(a)\n  \"\xC3\xA4\" \x01");
  ASSERT_FALSE(list.has_value());
  EXPECT_EQ(list.error().offset, 11u);
  EXPECT_EQ(list.error().line, 2u);
  EXPECT_EQ(list.error().column, 7u);
}

TEST(Lexer, DecodesStringsAndIds) {
  EXPECT_EQ(decode_string("\"a\\t\\n\\r\\\"\\'\\\\\\00\\fF\""),
            std::string("a\t\n\r\"'\\\0\xFF", 9));
  EXPECT_EQ(decode_string("\"\\u{41}\\u{e4}\\u{20_AC}\\u{1F600}\""),
            "A\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  std::string storage;
  EXPECT_EQ(decode_id("$a.b", storage), "a.b");
  EXPECT_EQ(decode_id("$\"a b\"", storage), "a b");
  EXPECT_EQ(decode_id("$\"\\41b\"", storage), "Ab");
}

TEST(Lexer, KnowsEveryMnemonic) {
  for (size_t i = 0; i < kOpCount; ++i) {
    const auto op = static_cast<Op>(i);
    const Keyword keyword = find_keyword(op_name(op));
    ASSERT_TRUE(keyword.is_op()) << op_name(op);
    EXPECT_EQ(op_name(keyword.op()), op_name(op));
  }
  EXPECT_EQ(find_keyword("module"), Keyword(Word::module));
  EXPECT_FALSE(find_keyword("get_local").known());
}

TEST(Lexer, SurvivesDeepNesting) {
  const std::string open(1'000'000, '(');
  const std::string close(1'000'000, ')');
  EXPECT_TRUE(tokenize(open + close).has_value());
  EXPECT_FALSE(tokenize(open).has_value());
  std::string comments;
  for (int i = 0; i < 100'000; ++i) comments += "(;";
  for (int i = 0; i < 100'000; ++i) comments += ";)";
  EXPECT_EQ(kinds(comments), "");
}

} // namespace
} // namespace waxwing::text
