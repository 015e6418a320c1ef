// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an error of validation says: its place, its operator, what was expected and what was found.
// Which modules are valid at all is what the official scripts test.
#include <gtest/gtest.h>

#include <string_view>
#include <thread>

#include "support/counting_allocator.hpp"
#include "support/module_bytes.hpp"
#include "text/parse.hpp"
#include "wasm/module.hpp"
#include "wasm/op.hpp"
#include "wasm/validate.hpp"

namespace waxwing {
namespace {

using namespace testing;

constexpr FeatureSet kAll = FeatureSet::defaults();

Result<void> check(const Bytes& bytes, FeatureSet features = kAll) {
  CountingAllocator counting;
  Result<void> result;
  {
    Module module(counting.allocator());
    result = decode(bytes, features, module);
    if (result) result = validate(module);
  }
  EXPECT_EQ(counting.bytes(), 0u);
  return result;
}

Bytes assemble(std::string_view text) {
  auto binary = text::parse_module(text);
  EXPECT_TRUE(binary.has_value()) << text;
  return binary ? binary->bytes : Bytes{};
}

Error text_error(std::string_view text, FeatureSet features = kAll) {
  const Result<void> result = check(assemble(text), features);
  EXPECT_FALSE(result.has_value()) << text;
  return result ? Error{} : result.error();
}

bool is_valid(std::string_view text, FeatureSet features = kAll) {
  return check(assemble(text), features).has_value();
}

constexpr uint16_t op(Op o) { return static_cast<uint16_t>(o); }

/// The error of a function of type [] -> [] whose instructions are `code`, with its offset counted
/// from the first of them.
Error code_error(const Bytes& code, const Bytes& before_code = {}) {
  const Bytes bytes = functions({body(code)}, before_code);
  const Result<void> result = check(bytes);
  EXPECT_FALSE(result.has_value());
  if (result) return {};
  Error error = result.error();
  error.offset -= static_cast<uint32_t>(bytes.size() - code.size());
  return error;
}

TEST(Validate, ExpectedAndFound) {
  // nop, i32.const 1, i64.const 2, i32.add
  EXPECT_EQ(
      code_error({0x01, 0x41, 1, 0x42, 2, 0x6A, 0x1A, 0x0B}),
      (Error{ErrorCode::type_mismatch, op(Op::i32_add), 5, val::i32.bits(), val::i64.bits()}));
  // Nothing on the stack.
  EXPECT_EQ(code_error({0x1A, 0x0B}), (Error{ErrorCode::type_mismatch, op(Op::drop), 0, 0, 0}));
  EXPECT_EQ(code_error({0x8B, 0x1A, 0x0B}),
            (Error{ErrorCode::type_mismatch, op(Op::f32_abs), 0, val::f32.bits(), 0}));
  // Something left over.
  EXPECT_EQ(code_error({0x41, 0, 0x0B}),
            (Error{ErrorCode::type_mismatch, op(Op::end), 2, 0, val::i32.bits()}));
  // The same where the quick lane is not used, near the end and far from it.
  for (size_t nops : {0u, 20u}) {
    const Error error =
        code_error(Bytes(nops, 0x01) + Bytes{0x41, 0, 0x43, 0, 0, 0, 0, 0x6A, 0x1A} +
                   Bytes(nops, 0x01) + Bytes{0x0B});
    EXPECT_EQ(error.offset, nops + 7);
    EXPECT_EQ(error.b, val::f32.bits());
  }
}

TEST(Validate, QuickLaneKeepsToItsFrame) {
  // An operand outside a block is not the block's, for each kind of instruction of the lane.
  const std::vector<std::pair<Bytes, Op>> codes = {{{0x45, 0x1A}, Op::i32_eqz},
                                                   {{0x6A, 0x1A}, Op::i32_add},
                                                   {{0x28, 2, 0, 0x1A}, Op::i32_load},
                                                   {{0x36, 2, 0}, Op::i32_store}};
  for (const auto& [code, operation] : codes) {
    const Error error = code_error(Bytes{0x41, 0, 0x41, 0, 0x02, 0x40} + code + Bytes(10, 0x01) +
                                       Bytes{0x0B, 0x1A, 0x1A, 0x0B},
                                   section(5, {1, 0, 1}));
    EXPECT_EQ(error.code, ErrorCode::type_mismatch);
    EXPECT_EQ(error.detail, op(operation));
    EXPECT_EQ(error.offset, 6u);
  }
}

TEST(Validate, UnknownThings) {
  EXPECT_EQ(code_error({0x20, 7, 0x0B}),
            (Error{ErrorCode::unknown_local, op(Op::local_get), 0, 7, 0}));
  EXPECT_EQ(code_error({0x10, 9, 0x0B}),
            (Error{ErrorCode::unknown_function, op(Op::call), 0, 9, 1}));
  EXPECT_EQ(code_error({0x0C, 1, 0x0B}), (Error{ErrorCode::unknown_label, op(Op::br), 0, 1, 1}));
  EXPECT_EQ(code_error({0x23, 0, 0x0B}),
            (Error{ErrorCode::unknown_global, op(Op::global_get), 0, 0, 0}));
  EXPECT_EQ(code_error({0x41, 0, 0x28, 2, 0, 0x1A, 0x0B}),
            (Error{ErrorCode::unknown_memory, op(Op::i32_load), 2, 0, 0}));
  EXPECT_EQ(code_error({0x25, 3, 0x0B}),
            (Error{ErrorCode::unknown_table, op(Op::table_get), 0, 3, 0}));
  EXPECT_EQ(code_error({0x08, 0, 0x0B}), (Error{ErrorCode::unknown_tag, op(Op::throw_), 0, 0, 0}));
  EXPECT_EQ(code_error({0x02, 5, 0x0B, 0x0B}),
            (Error{ErrorCode::unknown_type, op(Op::block), 0, 5, 1}));
  EXPECT_EQ(code_error({0xD0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x1A, 0x0B}).code,
            ErrorCode::unknown_type);
  EXPECT_EQ(code_error({0xFC, 0x09, 0, 0x0B}).code, ErrorCode::data_count_required);
  EXPECT_EQ(code_error({0xFC, 0x09, 4, 0x0B}, section(12, {0})),
            (Error{ErrorCode::unknown_data_segment, op(Op::data_drop), 0, 4, 0}));
  EXPECT_EQ(code_error({0xFC, 0x0D, 4, 0x0B}),
            (Error{ErrorCode::unknown_elem_segment, op(Op::elem_drop), 0, 4, 0}));
}

TEST(Validate, MemoryOperators) {
  const Bytes memory = section(5, {1, 0, 1});
  EXPECT_EQ(code_error({0x41, 0, 0x28, 3, 0, 0x1A, 0x0B}, memory),
            (Error{ErrorCode::alignment_too_large, op(Op::i32_load), 2, 2, 3}));
  EXPECT_EQ(code_error({0x41, 0, 0xFE, 0x10, 1, 0, 0x1A, 0x0B}, memory),
            (Error{ErrorCode::alignment_not_natural, op(Op::i32_atomic_load), 2, 2, 1}));
  EXPECT_EQ(code_error({0x41, 0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1A, 0x0B}, memory).code,
            ErrorCode::offset_out_of_range);
  EXPECT_EQ(
      code_error({0x42, 0, 0x28, 2, 0, 0x1A, 0x0B}, memory),
      (Error{ErrorCode::type_mismatch, op(Op::i32_load), 2, val::i32.bits(), val::i64.bits()}));
  EXPECT_TRUE(check(functions({body({0x42, 0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1A, 0x0B})},
                              section(5, {1, 4, 1}))));
  EXPECT_TRUE(
      check(functions({body({0x41, 0, 0x28, 66, 1, 0, 0x1A, 0x0B})}, section(5, {2, 4, 1, 0, 1}))));
}

TEST(Validate, BodiesEndWhereTheyShould) {
  // More bytes behind the last `end`.
  EXPECT_EQ(code_error({0x0B, 0x01}), (Error{ErrorCode::section_size_mismatch, 0, 1, 0, 0}));
  // No `end`: at the end of the module, before another body, and before a stray `end`.
  EXPECT_EQ(code_error({0x01}), (Error{ErrorCode::unexpected_end_of_section, 0, 1, 0, 0}));
  EXPECT_EQ(check(functions({body({0x01}), body({0x0B})})).error().code,
            ErrorCode::end_opcode_expected);
  EXPECT_EQ(check(functions({body({0x01})}) + Bytes{0x0B, 1, 0}).error().code,
            ErrorCode::section_size_mismatch);
  // The end of the body cuts an instruction off.
  EXPECT_EQ(code_error({0x41, 0x80}), (Error{ErrorCode::unexpected_end_of_section, 0, 2, 0, 0}));
  EXPECT_EQ(code_error({0x05, 0x0B}),
            (Error{ErrorCode::misplaced_operator, op(Op::else_), 0, 0, 0}));
}

TEST(Validate, Locals) {
  const auto with_locals = [](const Bytes& locals, const Bytes& code) {
    return check(functions({body(code, locals)}));
  };
  // 300 i32, 200 i64: the index decides, on both sides of what is kept in a table.
  const Bytes two_runs = Bytes{2} + leb(300) + Bytes{0x7F} + leb(200) + Bytes{0x7E};
  EXPECT_TRUE(with_locals(two_runs, Bytes{0x20} + leb(299) + Bytes{0x45, 0x1A, 0x0B}));
  EXPECT_TRUE(with_locals(two_runs, Bytes{0x20} + leb(300) + Bytes{0x50, 0x1A, 0x0B}));
  EXPECT_FALSE(with_locals(two_runs, Bytes{0x20} + leb(300) + Bytes{0x45, 0x1A, 0x0B}));
  EXPECT_TRUE(with_locals(two_runs, Bytes{0x20} + leb(499) + Bytes{0x50, 0x1A, 0x0B}));
  EXPECT_EQ(with_locals(two_runs, Bytes{0x20} + leb(500) + Bytes{0x1A, 0x0B}).error().a, 500u);
  EXPECT_TRUE(with_locals(Bytes{1} + leb(50000) + Bytes{0x7F}, {0x0B}));
  EXPECT_EQ(with_locals(Bytes{1} + leb(50001) + Bytes{0x7F}, {0x0B}).error().code,
            ErrorCode::too_many_locals);
  EXPECT_EQ(with_locals(Bytes{2} + leb(50000) + Bytes{0x7F, 1, 0x7F}, {0x0B}).error().code,
            ErrorCode::too_many_locals);
}

TEST(Validate, LocalsWithoutADefault) {
  EXPECT_TRUE(is_valid(R"((module (elem declare func 0) (func (local (ref func))
    (local.set 0 (ref.func 0)) (block (drop (local.get 0))))))"));
  const Error error = text_error(R"((module (elem declare func 0) (func (local i32 (ref func))
    (block (local.set 1 (ref.func 0))) (drop (local.get 1)))))");
  EXPECT_EQ(error.code, ErrorCode::uninitialized_local);
  EXPECT_EQ(error.a, 1u);
  // Each branch of an `if` starts with what was set before it.
  EXPECT_EQ(text_error(R"((module (elem declare func 0) (func (local (ref func))
    (if (i32.const 0) (then (local.set 0 (ref.func 0))) (else (drop (local.get 0)))))))")
                .code,
            ErrorCode::uninitialized_local);
}

TEST(Validate, UnreachableCode) {
  EXPECT_TRUE(is_valid("(module (func (result i32) unreachable i32.add))"));
  EXPECT_TRUE(is_valid("(module (func (result i32) unreachable select i64.eqz))"));
  EXPECT_FALSE(is_valid("(module (func (result i32) unreachable i64.const 0 i32.add))"));
  // A reference of unknown type is still no number.
  EXPECT_FALSE(is_valid("(module (func unreachable ref.as_non_null i32.eqz drop))"));
  EXPECT_TRUE(is_valid("(module (func unreachable ref.as_non_null ref.i31 drop))") == false);
  EXPECT_TRUE(is_valid("(module (func (result i32) unreachable any.convert_extern i31.get_s))") ==
              false);
}

TEST(Validate, ConstantExpressions) {
  EXPECT_EQ(text_error("(module (global i32 (i32.ctz (i32.const 0))))").code,
            ErrorCode::constant_expression_required);
  EXPECT_EQ(text_error("(module (global i64 (i32.const 0)))").a, val::i64.bits());
  EXPECT_EQ(text_error("(module (global i32))").code, ErrorCode::type_mismatch);
  EXPECT_TRUE(is_valid("(module (global i32 (i32.const 1)) (global i32 (global.get 0)))"));
  EXPECT_EQ(text_error("(module (global i32 (global.get 0)))").code, ErrorCode::unknown_global);
  EXPECT_EQ(text_error("(module (global i32 (global.get 1)) (global i32 (i32.const 0)))").code,
            ErrorCode::unknown_global);
  EXPECT_EQ(
      text_error("(module (global (mut i32) (i32.const 1)) (global i32 (global.get 0)))").code,
      ErrorCode::constant_expression_required);
  // Before garbage collection, only imported globals.
  EXPECT_EQ(text_error("(module (global i32 (i32.const 1)) (global i32 (global.get 0)))",
                       FeatureSet::version(2))
                .code,
            ErrorCode::unknown_global);
  EXPECT_FALSE(is_valid("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
                        FeatureSet::version(2)));
  EXPECT_TRUE(is_valid("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))"));
}

TEST(Validate, DeclaredReferences) {
  EXPECT_EQ(text_error("(module (func) (func (drop (ref.func 0))))").code,
            ErrorCode::undeclared_function_reference);
  for (const char* declared :
       {"(export \"f\" (func 0))", "(elem declare func 0)", "(global funcref (ref.func 0))",
        "(table 1 funcref (ref.func 0))", "(table funcref (elem 0))"})
    EXPECT_TRUE(
        is_valid(std::string("(module (func) (func (drop (ref.func 0))) ") + declared + ")"))
        << declared;
  EXPECT_FALSE(is_valid("(module (func) (func (drop (ref.func 0))) (start 0))"));
}

TEST(Validate, Exports) {
  EXPECT_EQ(text_error(R"((module (func) (export "b" (func 0)) (export "a" (func 0))
                                 (export "b" (func 0))))")
                .code,
            ErrorCode::duplicate_export_name);
  const Bytes bytes = assemble(R"((module (func) (export "b" (func 0)) (export "" (func 0))
                                          (export "ab" (func 0))))");
  CountingAllocator counting;
  Module module(counting.allocator());
  ASSERT_TRUE(decode(bytes, kAll, module));
  for (int validated = 0; validated < 2; ++validated) {
    EXPECT_EQ(module.find_export("b"), &module.exports[0]);
    EXPECT_EQ(module.find_export(""), &module.exports[1]);
    EXPECT_EQ(module.find_export("ab"), &module.exports[2]);
    EXPECT_EQ(module.find_export("a"), nullptr);
    EXPECT_EQ(module.find_export("c"), nullptr);
    ASSERT_TRUE(validate(module));
  }
}

TEST(Validate, PlacesOfDeclarations) {
  // The second of two functions has an unknown type.
  EXPECT_EQ(check(preamble() + section(1, {1, 0x60, 0, 0}) + section(3, {2, 0, 9}) +
                  section(10, {2, 2, 0, 0x0B, 2, 0, 0x0B}))
                .error(),
            (Error{ErrorCode::unknown_type, 0, 18, 9, 1}));
  // The second of two memories is too large.
  EXPECT_EQ(check(preamble() + section(5, Bytes{2, 1, 0, 1, 0} + leb(65537))).error(),
            (Error{ErrorCode::memory_size, 0, 14, 0, 0}));
  EXPECT_EQ(check(preamble() + section(5, {1, 1, 2, 1})).error(),
            (Error{ErrorCode::size_minimum_greater, 0, 11, 0, 0}));
  EXPECT_EQ(check(preamble() + section(6, {1, 0x63, 5, 0, 0xD0, 5, 0x0B})).error(),
            (Error{ErrorCode::unknown_type, 0, 11, 5, 0}));
  EXPECT_EQ(check(preamble() + section(8, {3})).error(),
            (Error{ErrorCode::unknown_function, 0, 10, 3, 0}));
  EXPECT_EQ(check(preamble() + section(11, {1, 0, 0x41, 0, 0x0B, 0})).error(),
            (Error{ErrorCode::unknown_memory, 0, 11, 0, 0}));
}

TEST(Validate, Features) {
  EXPECT_EQ(text_error("(module (memory 1) (memory 1))", FeatureSet::version(2)).code,
            ErrorCode::multiple_memories);
  EXPECT_EQ(text_error("(module (table 1 funcref) (table 1 funcref))", FeatureSet::version(1)).code,
            ErrorCode::multiple_tables);
  EXPECT_EQ(
      text_error("(module (import \"\" \"\" (global (mut i32))))", FeatureSet::version(1)).code,
      ErrorCode::feature_disabled);
}

TEST(Validate, LegacyExceptions) {
  FeatureSet legacy = FeatureSet::version(2);
  legacy.add(Feature::legacy_exceptions);
  const char* good = R"((module (tag $t (param i32)) (func (result i32)
    (try (result i32) (do (throw $t (i32.const 1))) (catch $t) (catch_all (i32.const 2))))))";
  EXPECT_TRUE(is_valid(good, legacy));
  EXPECT_EQ(text_error(good).code, ErrorCode::feature_disabled);
  EXPECT_EQ(text_error("(module (func (try (do) (catch_all (block (rethrow 0))))))", legacy).code,
            ErrorCode::invalid_rethrow_label);
  EXPECT_TRUE(is_valid("(module (func (try (do) (catch_all (block (rethrow 1))))))", legacy));
}

TEST(Validate, ManyThreadsOneModule) {
  const Bytes bytes = functions(std::vector<Bytes>(
      64, body({0x41, 1, 0x04, 0x40, 0x01, 0x05, 0x01, 0x0B, 0x42, 1, 0x42, 2, 0x7C, 0x1A, 0x0B})));
  CountingAllocator counting;
  Module module(counting.allocator());
  ASSERT_TRUE(decode(bytes, kAll, module));
  ASSERT_TRUE(validate_declarations(module));
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      FunctionValidator validator(counting.allocator());
      for (FuncIndex i = 0; i < module.functions.size(); ++i)
        if (validate_function(module, i, validator)) ++good;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 256);
}

} // namespace
} // namespace waxwing
