// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules taken apart, and traces out of offsets.
#include <string>
#include <waxwing/inspect.hpp>
#include <waxwing/symbolize.hpp>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

constexpr std::string_view kGuest = R"((module $named
  (import "env" "log" (func (param i32)))
  (memory (export "memory") 1 4)
  (global (export "g") (mut i64) (i64.const 5))
  (func $run (export "run") (i32.store8 (i32.const 0) (i32.extend8_s (i32.const 7))))
  (func (nop))
  (start 2)))";

std::vector<std::byte> bytes_of(std::string_view text) { return expect(text_to_binary(text)); }

TEST(ApiInspect, APartOfEachKind) {
  const std::vector<std::byte> bytes = bytes_of(kGuest);
  const ModuleInfo info = expect(inspect(bytes));
  EXPECT_EQ(info.name, "named");
  EXPECT_EQ(info.size, bytes.size());
  EXPECT_FALSE(info.image || info.core_dump);
  EXPECT_EQ(info.features,
            (std::vector<std::string_view>{"mvp", "mutable-globals", "sign-extension"}));
  ASSERT_EQ(info.imports.size(), 1U);
  EXPECT_EQ(info.imports[0].kind, "func");
  EXPECT_EQ(info.imports[0].name, "log");
  EXPECT_EQ(info.imports[0].type, "(param i32)");
  ASSERT_EQ(info.exports.size(), 3U);
  EXPECT_EQ(info.imported_functions, 1U);
  ASSERT_EQ(info.functions.size(), 2U);
  EXPECT_EQ(info.functions[0].index, 1U);
  EXPECT_EQ(info.functions[0].name, "run");
  ASSERT_EQ(info.memories.size(), 1U);
  EXPECT_EQ(info.memories[0].bounds.max, 4U);
  EXPECT_EQ(info.memories[0].page_size, 65536U);
  EXPECT_TRUE(info.globals.at(0).is_mutable);
  EXPECT_EQ(info.start, 2U);
  // The sections fill the module but for its first 8 bytes and their own headers.
  uint64_t sum = 8;
  for (const Section& section : info.sections) sum += 2 + section.name_size + section.size;
  EXPECT_EQ(sum, bytes.size());
}

TEST(ApiInspect, WhatIsNoModuleIsRefused) {
  std::vector<std::byte> bytes = bytes_of(kGuest);
  const Error cut = error_of(inspect(std::span(bytes).first(40), "cut.wasm"));
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.message.find("cut.wasm:0x"), 0U) << cut.message;
  EXPECT_EQ(error_of(inspect({})).kind, ErrorKind::malformed);
  const Error invalid = error_of(inspect(bytes_of("(module (func (result i32)))"), "m"));
  EXPECT_EQ(invalid.kind, ErrorKind::invalid);
  EXPECT_EQ(invalid.reason.find("type mismatch"), 0U) << invalid.reason;
  EXPECT_NE(invalid.message, invalid.reason);
}

TEST(ApiInspect, OffsetsAreNamed) {
  World world;
  const Module module = world.module(kGuest);
  const ModuleInfo info = expect(inspect(module.bytes()));
  const uint32_t inside = info.functions[0].offset + 2;
  EXPECT_EQ(module.function_at(inside), 1U);
  EXPECT_EQ(module.function_at(3), std::nullopt);
  EXPECT_EQ(module.function_at(UINT32_MAX), std::nullopt);
  const uint32_t offsets[] = {inside, 3};
  const SourceLines lines = expect(find_source_lines(module, offsets));
  ASSERT_EQ(lines.size(), 2U);
  ASSERT_EQ(lines[0].size(), 1U);
  EXPECT_EQ(lines[0][0].place.find("test:5:"), 0U) << lines[0][0].place;
  EXPECT_TRUE(lines[1].empty());
  const TracePlace places[] = {{.offset = inside, .exact = false}, {.offset = 3}};
  const std::string trace = trace_text(module, places, lines);
  EXPECT_NE(trace.find("~0x"), std::string::npos) << trace;
  EXPECT_NE(trace.find("run  test:5:"), std::string::npos) << trace;
  EXPECT_EQ(trace.find('\n'), trace.size() - 1) << "one line: the other place is in no function";
  // In the binary format and without debug information, nothing is known.
  const Module binary = expect(Module::from_bytes(world.engine, module.bytes()));
  const SourceLines unknown = expect(find_source_lines(binary, offsets));
  ASSERT_EQ(unknown.size(), 2U);
  EXPECT_TRUE(unknown[0].empty());
  EXPECT_EQ(error_of(find_source_lines(binary, offsets, {.file = "/nonexistent"})).kind,
            ErrorKind::io);
}

} // namespace
} // namespace waxwing::api_test
