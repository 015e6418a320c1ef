// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Errors, traps, traces and types in words.
#include <gtest/gtest.h>

#include <string>

#include "describe/error_text.hpp"
#include "describe/trap_text.hpp"
#include "describe/types.hpp"
#include "unit/runtime_fixture.hpp"

namespace waxwing::describe {
namespace {

using namespace runtime::testing;
using runtime::Frame;
using runtime::TraceSink;
using runtime::TrapInfo;

/// What is said about the first thing wrong with a module.
std::string complaint(const ModuleBuilder& builder) {
  const Bytes bytes = builder.finish();
  Module module(platform::default_allocator());
  Result<void> checked = decode(bytes, FeatureSet::defaults(), module);
  if (checked) checked = validate(module);
  return checked ? "nothing" : error_text(module, checked.error());
}

TEST(ErrorText, NamesPlaceFunctionOperatorAndTypes) {
  ModuleBuilder builder;
  builder.type(func_type({}, {kI32}));
  builder.func(0, i32_const(1));
  builder.export_("middle", ExternKind::func,
                  builder.func(0, i64_const(2) + i64_const(3) + Bytes{0x6A}));
  const std::string said = complaint(builder);
  EXPECT_NE(said.find(" (func 1 \"middle\"): type mismatch: expected i32, found i64 at i32.add"),
            std::string::npos)
      << said;
  EXPECT_EQ(said.substr(0, 2), "0x");
}

TEST(ErrorText, UnknownThingsSayHowManyThereAre) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  builder.func(0, Bytes{0x20, 0x07, 0x1A});
  const std::string said = complaint(builder);
  EXPECT_NE(said.find("unknown local 7 (there are none)"), std::string::npos) << said;
}

TEST(ErrorText, EveryCodeHasAText) {
  for (uint16_t code = 0; code <= static_cast<uint16_t>(ErrorCode::thread_limit); ++code) {
    const Error error{.code = static_cast<ErrorCode>(code)};
    EXPECT_FALSE(error_text(error).empty()) << code;
    EXPECT_EQ(error_text(error).find(code_text(error.code)), 0u) << code;
  }
}

TEST(TrapText, SaysWhatIsKnown) {
  TrapInfo trap;
  trap.kind = TrapKind::out_of_bounds_memory_access;
  EXPECT_EQ(trap_text(trap), "out of bounds memory access");
  trap.has_address = true;
  trap.address = 0x1FFFE;
  trap.length = 4;
  trap.bound = 0x20000;
  EXPECT_EQ(trap_text(trap),
            "out of bounds memory access (address 0x1fffe+4, memory 0 is 0x20000 bytes)");
  trap.kind = TrapKind::undefined_element;
  trap.address = 12;
  trap.length = 1;
  trap.bound = 10;
  EXPECT_EQ(trap_text(trap), "undefined element (element 12, table 0 has 10)");
  trap.kind = TrapKind::host;
  trap.message = "the disk is full";
  EXPECT_EQ(trap_text(trap), "the disk is full");
  EXPECT_EQ(trap_text(TrapKind::timeout), "time limit exceeded");
}

class TraceTextTest : public RuntimeTest {
 protected:
  TraceTextTest() {
    ModuleBuilder builder;
    builder.type(func_type({}, {}));
    builder.import("env", "log", ExternKind::func, leb(0));
    for (int i = 0; i < 3; ++i) builder.func(0);
    builder.export_("peek", ExternKind::func, 1);
    builder.export_("main", ExternKind::func, 2);
    module_ = &load(builder);
  }
  [[nodiscard]] Frame frame(FuncIndex function, uint32_t offset, bool exact = true) const {
    return {.module = module_, .function = function, .offset = offset, .exact = exact};
  }

  const runtime::LoadedModule* module_;
  TraceSink sink_;
};

TEST_F(TraceTextTest, IsALineAFrame) {
  sink_.add(frame(0, 0x30));
  sink_.add(frame(1, 0x1A2));
  sink_.add(frame(2, 0x200, false));
  sink_.add({});
  EXPECT_EQ(trace_text(sink_), "  0: 0x0030  env.log (host)\n"
                               "  1: 0x01a2  peek\n"
                               "  2: ~0x0200 main\n"
                               "  3:         (host)\n");
}

TEST_F(TraceTextTest, IsCutInTheMiddle) {
  for (uint32_t i = 0; i < 1000; ++i) sink_.add(frame(i < 500 ? 1 : 2, i));
  const std::string text = trace_text(sink_);
  EXPECT_NE(text.find("  0: 0x0000 peek\n"), std::string::npos) << text;
  EXPECT_NE(text.find("... 984 frames left out\n"), std::string::npos) << text;
  EXPECT_NE(text.find("999: 0x03e7 main\n"), std::string::npos) << text;
  EXPECT_EQ(trace_text(TraceSink{}), "");
}

TEST_F(TraceTextTest, GivesInlinedFunctionsLinesOfTheirOwn) {
  sink_.add(frame(1, 0x1A2));
  sink_.add(frame(2, 0x200));
  const auto places = [](const Module&, std::span<const uint32_t> offsets) {
    std::vector<std::vector<SourceLine>> lines(offsets.size());
    lines[0] = {{"inner", "a.c:1:2"}, {"middle", "a.c:3:4"}, {"peek", "a.c:5:6"}};
    return lines;
  };
  EXPECT_EQ(trace_text(sink_, places), "  0: 0x01a2 inner   a.c:1:2 (inlined into middle)\n"
                                       "  1: 0x01a2 middle  a.c:3:4 (inlined into peek)\n"
                                       "  2: 0x01a2 peek    a.c:5:6\n"
                                       "  3: 0x0200 main\n");
}

TEST_F(TraceTextTest, SaysWhyNamesAreMissing) {
  sink_.add(frame(3, 0x40));
  const std::string text = trace_text(sink_);
  EXPECT_NE(text.find("  0: 0x0040 func 3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("note:"), std::string::npos) << text;
}

TEST(TypeText, FollowsTheTextFormat) {
  EXPECT_EQ(val_type_text(val::funcref), "funcref");
  EXPECT_EQ(val_type_text(ValType::ref(heap::func, false)), "(ref func)");
  EXPECT_EQ(val_type_text(ValType::ref(HeapType::concrete(3), true)), "(ref null 3)");
  const ValType params[] = {val::i32, val::v128};
  const ValType results[] = {val::f64};
  EXPECT_EQ(signature_text(params, results), "(param i32 v128) (result f64)");
  EXPECT_EQ(memory_type_text({.limits = {.min = 1, .max = 2, .has_max = true, .shared = true}}),
            "1 2 shared");
  EXPECT_EQ(memory_type_text({.limits = {.min = 1, .is64 = true}, .page_log2 = 0}),
            "i64 1 (pagesize 1)");
  EXPECT_EQ(global_type_text({.type = val::i64, .mutable_ = true}), "(mut i64)");
}

} // namespace
} // namespace waxwing::describe
