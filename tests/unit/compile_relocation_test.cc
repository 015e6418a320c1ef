// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Relocations of guests without a sandbox: read where they are right, refused with their place
// where they aren't, and never a reason to crash.
#include <llvm/IR/Verifier.h>

#include "compile/direct_guest.hpp"
#include "compile/direct_module.hpp"
#include "compile/module_lowering.hpp"
#include "compile/relocations.hpp"
#include "platform/memory.hpp"
#include "support/module_bytes.hpp"
#include "unit/compile_fixture.hpp"

namespace waxwing::compile {
namespace {

using namespace waxwing::testing;

/// A number as linkers write it, in `width` bytes.
Bytes padded(uint64_t value, size_t width) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < width; ++i, value >>= 7)
    bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value & 0x7F));
  return bytes;
}

Bytes custom(std::string_view title, const Bytes& content) {
  return section(0, name(title) + content);
}

constexpr uint64_t kAddress = 0x10000;

/// `linking` of the module below: `symbols` instead of its own.
Bytes linking(const std::vector<Bytes>& symbols) {
  const Bytes table = vector_of(symbols);
  return custom("linking", Bytes{0x02, 0x08} + leb(table.size()) + table);
}

const std::vector<Bytes>& own_symbols() {
  static const std::vector<Bytes> kSymbols = {
      Bytes{0x01, 0x00} + name("table") + Bytes{0x00, 0x00, 0x10}, // 16 bytes of segment 0
      Bytes{0x00, 0x00, 0x01} + name("own"),                       // function 1
      Bytes{0x00, 0x10, 0x00},                                     // function 0, undefined
      Bytes{0x01, 0x00} + name("text") + Bytes{0x00, 0x10, 0x04},
      Bytes{0x02, 0x00, 0x00} + name("__stack_pointer"),
      Bytes{0x01, 0x10} + name("host_data"), // undefined
  };
  return kSymbols;
}

struct Parts {
  Bytes linking = compile::linking(own_symbols());
  /// Kind, place in the section and symbol, and addends.
  std::vector<Bytes> code = {
      {0x0F, 0x04, 0x03, 0x00}, {0x12, 0x10, 0x01}, {0x0E, 0x1D, 0x00, 0x08}};
  std::vector<Bytes> data = {{0x10, 0x09, 0x03, 0x00}, {0x13, 0x11, 0x01}};
};

/// A wasm64 module as `wasm-ld --emit-relocs` makes them.
Bytes module_of(const Parts& parts) {
  // host_call(i64), own() -> i64
  const Bytes types = section(1, {0x02, 0x60, 0x01, 0x7E, 0x00, 0x60, 0x00, 0x01, 0x7E});
  const Bytes imports =
      section(2, Bytes{0x01} + name("env") + name("host_call") + Bytes{0x00, 0x00});
  const Bytes functions = section(3, {0x01, 0x01});
  const Bytes tables = section(4, {0x01, 0x70, 0x05, 0x02, 0x02});
  const Bytes memories = section(5, {0x01, 0x04, 0x02});
  const Bytes globals =
      section(6, Bytes{0x01, 0x7E, 0x01, 0x42} + padded(kAddress, 3) + Bytes{0x0B});
  const Bytes exports = section(7, Bytes{0x01} + name("own") + Bytes{0x00, 0x01});
  const Bytes elements = section(9, {0x01, 0x00, 0x42, 0x01, 0x0B, 0x01, 0x01});
  // i64.const text; call host_call; i64.const (ref own); i64.load table+8; i64.add
  const Bytes code = Bytes{0x42} + padded(kAddress + 16, 10) + Bytes{0x1A, 0x42} + padded(1, 10) +
                     Bytes{0x42, 0x00, 0x29, 0x03} + padded(kAddress + 8, 10) + Bytes{0x7C, 0x0B};
  const Bytes bodies = section(10, vector_of({body(code)}));
  const Bytes bytes =
      Bytes{0x10, 0, 1, 0, 0, 0, 0, 0} + Bytes{1, 0, 0, 0, 0, 0, 0, 0} + Bytes{'a', 'b', 'c', 0};
  const Bytes data = section(11, Bytes{0x01, 0x00, 0x42} + padded(kAddress, 4) + Bytes{0x0B} +
                                     leb(bytes.size()) + bytes);
  // Sections count from 0: types, imports, functions, tables, memories, globals, exports, elements.
  return preamble() + types + imports + functions + tables + memories + globals + exports +
         elements + bodies + data + parts.linking +
         custom("reloc.CODE", Bytes{0x08} + vector_of(parts.code)) +
         custom("reloc.DATA", Bytes{0x09} + vector_of(parts.data));
}

/// What is wrong with a module, in words; nothing where it is made to IR.
std::string wrong_with(const Bytes& bytes) {
  static Options options = [] {
    Options made = options_for(Target::x86_64);
    made.direct = true;
    made.trace = TraceMode::none;
    return made;
  }();
  waxwing::Module wasm(platform::default_allocator());
  if (!decode(bytes, FeatureSet::defaults(), wasm) || !validate(wasm)) return "not valid";
  const auto guest = DirectGuest::make(wasm, "");
  if (!guest) return guest.error().text;
  const ModulePlan plan(wasm, false);
  llvm::LLVMContext context;
  ModuleLowering lowering(context, plan, plan.parts()[0], options);
  DirectModule direct(*guest, lowering);
  lowering.set_direct(&direct);
  if (const auto made = direct.make_data(); !made) return made.error().text;
  if (const auto lowered = lowering.run([](FuncIndex) { return true; }); !lowered)
    return lowered.error().text;
  direct.finish(false);
  std::string invalid;
  llvm::raw_string_ostream out(invalid);
  EXPECT_FALSE(llvm::verifyModule(lowering.ir(), &out)) << invalid;
  return "";
}

void expect_refused(const Parts& parts, std::string_view wanted) {
  const std::string said = wrong_with(module_of(parts));
  EXPECT_NE(said.find(wanted), std::string::npos) << said << "\nexpected " << wanted;
}

TEST(CompileRelocation, AreRead) {
  EXPECT_EQ(wrong_with(module_of({})), "");
  const Bytes bytes = module_of({});
  waxwing::Module wasm(platform::default_allocator());
  ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), wasm));
  const auto read = read_relocations(wasm);
  ASSERT_TRUE(read.has_value()) << read.error().text;
  ASSERT_EQ(read->symbols.size(), 6u);
  EXPECT_EQ(read->symbols[3].name, "text");
  EXPECT_EQ(read->symbols[3].offset, 16u);
  ASSERT_EQ(read->code.size(), 3u);
  EXPECT_EQ(read->code[2].kind, RelocationKind::memory_addr_leb64);
  EXPECT_EQ(read->code[2].addend, 8);
  ASSERT_EQ(read->data.size(), 2u);
  EXPECT_EQ(Relocations::in(read->code, read->code[1].offset, read->code[1].offset + 1).size(), 1u);
  EXPECT_EQ(Relocations::in(read->code, read->code[1].offset + 1, read->code[2].offset).size(), 0u);
}

TEST(CompileRelocation, AreRefusedWithTheirPlace) {
  Parts parts;
  parts.linking = {};
  expect_refused(parts, "no section 'linking'");
  parts = {};
  parts.linking = custom("linking", {0x03});
  expect_refused(parts, "linking: version 3 of the format is not known");
  parts = {};
  parts.linking = linking({Bytes{0x01, 0x00} + name("a") + Bytes{0x00, 0x10, 0x14}});
  expect_refused(parts, "the symbol 'a' reaches out of its segment");
  parts.linking = linking({Bytes{0x01, 0x00} + name("a") + Bytes{0x05, 0x00, 0x00}});
  expect_refused(parts, "a symbol in data segment 5, which is not there");
  parts.linking = linking({Bytes{0x00, 0x00, 0x09} + name("a")});
  expect_refused(parts, "a symbol with index 9, which is not there");
  parts.linking = linking({Bytes{0x06, 0x00, 0x00}});
  expect_refused(parts, "a symbol of kind 6");

  parts = {};
  parts.code = {{0x0F, 0x04, 0x09, 0x00}};
  expect_refused(parts, "a relocation for symbol 9, which is not there");
  parts.code = {Bytes{0x0F} + leb(200) + Bytes{0x03, 0x00}};
  expect_refused(parts, "reloc.CODE: a relocation behind the end of its section");
  parts.code = {{0x30, 0x04, 0x03}};
  expect_refused(parts, "relocations of kind 48 are not known");
  parts.code = {{0x04, 0x04, 0x03, 0x00}};
  expect_refused(parts, "R_WASM_MEMORY_ADDR_SLEB holds 32 bits");
  parts.code = {{0x10, 0x04, 0x03, 0x00}};
  expect_refused(parts, "R_WASM_MEMORY_ADDR_I64 is for data");
  parts.code = {{0x0F, 0x04, 0x01, 0x00}};
  expect_refused(parts, "R_WASM_MEMORY_ADDR_SLEB64 for a symbol of another kind");
  parts.code = {{0x0F, 0x04, 0x03, 0x00}, {0x0F, 0x06, 0x03, 0x00}};
  expect_refused(parts, "two relocations for the same bytes");
  // What lies there is another address.
  parts.code = {{0x0F, 0x04, 0x03, 0x04}};
  expect_refused(parts, "R_WASM_MEMORY_ADDR_SLEB64 for 'text' is not about what lies there");
  parts = {};
  parts.data = {{0x13, 0x09, 0x01}};
  expect_refused(parts, "R_WASM_TABLE_INDEX_I64 for 'own' is not about what lies there");
}

/// Each byte of what is read is made into others, and the module is cut off at each: it is refused
/// or lowered.
TEST(CompileRelocation, TakeAnyBytes) {
  const Bytes whole = module_of({});
  size_t refused = 0;
  for (size_t i = 8; i < whole.size(); ++i)
    for (const int change : {0x01, 0x04, 0x10, 0x7F, 0x80, 0xFF}) {
      Bytes bytes = whole;
      bytes[i] = static_cast<uint8_t>(bytes[i] ^ change);
      refused += wrong_with(bytes).empty() ? 0 : 1;
    }
  EXPECT_GT(refused, whole.size());
  for (size_t size = 8; size < whole.size(); ++size)
    (void)wrong_with(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
}

} // namespace
} // namespace waxwing::compile
