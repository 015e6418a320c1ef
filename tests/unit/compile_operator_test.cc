// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every operator that is lowered goes through code generation for every target.
#include <llvm/Object/ELFObjectFile.h>

#include <set>

#include "compile/function_lowering.hpp"
#include "unit/compile_fixture.hpp"

namespace waxwing::compile {
namespace {

/// Operators with rules of their own, each at least once.
constexpr std::string_view kSpecial = R"((module
  (type $none (func))
  (type $unary (func (param i32) (result i32)))
  (import "m" "f" (func $imported (param i32 i64 f32 f64) (result f64)))
  (import "m" "g" (global $imported_global i32))
  (memory $m 1)
  (table $t 4 funcref)
  (global $g (mut i64) (i64.const 1))
  (tag $tag (param i32 i64))
  (data $d "abc")
  (elem $e func $identity)
  (elem declare func $identity)
  (func $identity (type $unary) (nop) (local.get 0))
  (func (export "control") (param i32) (result i32)
    (block $b (result i32) (loop $l (br_if $l (local.get 0)))
      (br_if $b (i32.const 2) (local.get 0)) (drop)
      (if (result i32) (local.get 0) (then (br $b (i32.const 1))) (else (i32.const 3)))
      (br_table $b $b (local.get 0))))
  (func (export "stop") (unreachable))
  (func (export "back") (result i32) (return (i32.const 4)))
  (func (export "choose") (param i32) (result i32)
    (drop (select (i32.const 1) (i32.const 2) (local.get 0)))
    (select (result i32) (i32.const 1) (i32.const 2) (local.get 0)))
  (func (export "variables") (param i32) (result i64) (local i64)
    (local.set 1 (i64.extend_i32_s (global.get $imported_global)))
    (global.set $g (local.tee 1 (i64.const 9))) (global.get $g))
  (func (export "calls") (param i32) (result i32)
    (drop (call $imported (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)))
    (drop (call_indirect (type $unary) (local.get 0) (local.get 0)))
    (call_ref $unary (call $identity (local.get 0)) (ref.func $identity)))
  (func (export "tail") (type $unary) (return_call $identity (local.get 0)))
  (func (export "tail_indirect") (type $unary)
    (return_call_indirect (type $unary) (local.get 0) (local.get 0)))
  (func (export "tail_ref") (type $unary)
    (return_call_ref $unary (local.get 0) (ref.func $identity)))
  (func (export "exceptions") (param i32) (result i32)
    (block $h (result i32 i64)
      (block $a (result exnref)
        (try_table (catch $tag $h) (catch_all_ref $a)
          (throw $tag (local.get 0) (i64.const 3)))
        (unreachable))
      (throw_ref))
    (drop))
  (func (export "tables") (param i32) (result i32)
    (table.set $t (local.get 0) (table.get $t (i32.const 0)))
    (table.fill $t (i32.const 0) (ref.null func) (i32.const 1))
    (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1))
    (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))
    (elem.drop $e)
    (drop (table.grow $t (ref.null func) (i32.const 1)))
    (table.size $t))
  (func (export "bulk") (param i32)
    (memory.init $d (local.get 0) (i32.const 0) (i32.const 1))
    (memory.copy (local.get 0) (i32.const 0) (i32.const 1))
    (memory.fill (local.get 0) (i32.const 0) (i32.const 1))
    (data.drop $d))
  (func (export "references") (param eqref eqref funcref) (result i32)
    (block $null (br_on_null $null (local.get 0)) (drop))
    (block $some (result (ref eq)) (br_on_non_null $some (local.get 0)) (unreachable)) (drop)
    (drop (ref.as_non_null (local.get 1)))
    (i32.add (ref.is_null (local.get 2)) (ref.eq (local.get 0) (local.get 1)))))
)";

/// The same for what lives on the heap, and for tests of references.
constexpr std::string_view kObjects = R"((module
  (rec (type $base (sub (struct (field $a (mut i32)) (field $b (mut i8)))))
       (type $point (sub $base (struct (field $a (mut i32)) (field $b (mut i8)) (field $c (mut v128))
                                       (field $d (mut f64)) (field $e (mut (ref null $base)))))))
  (type $leaf (sub final $point (struct (field (mut i32)) (field (mut i8)) (field (mut v128))
                                        (field (mut f64)) (field (mut (ref null $base)))
                                        (field i64))))
  (type $bytes (array (mut i8)))
  (type $words (array (mut i16)))
  (type $longs (array (mut i64)))
  (type $refs (array (mut anyref)))
  (type $open (sub (func)))
  (type $closed (sub final $open (func)))
  (data $d "abcdefgh")
  (elem $e anyref (ref.i31 (i32.const 1)) (ref.null any))
  (func (export "structs") (param v128 (ref null $base)) (result f64)
    (local $p (ref null $point))
    (local.set $p (struct.new $point (i32.const 1) (i32.const 2) (local.get 0) (f64.const 3)
                                     (struct.new_default $leaf)))
    (struct.set $point $a (local.get $p) (i32.add (struct.get_s $base $b (local.get 1))
                                                  (struct.get_u $base $b (local.get 1))))
    (struct.set $point $b (local.get $p) (struct.get $base $a (local.get 1)))
    (struct.set $point $c (local.get $p) (struct.get $point $c (local.get $p)))
    (struct.get $point $d (local.get $p)))
  (func (export "arrays") (param i32 (ref $bytes) (ref $words)) (result i64)
    (local $l (ref null $longs)) (local $r (ref null $refs))
    (local.set $l (array.new $longs (i64.const 5) (local.get 0)))
    (local.set $r (array.new_elem $refs $e (i32.const 0) (local.get 0)))
    (array.set $refs (local.get $r) (local.get 0)
      (array.new_fixed $longs 3 (i64.const 1) (i64.const 2) (i64.const 3)))
    (array.set $bytes (local.get 1) (local.get 0)
      (i32.add (array.get_s $words (local.get 2) (local.get 0))
               (array.get_u $bytes (local.get 1) (array.len (array.new_default $refs (local.get 0))))))
    (array.fill $longs (local.get $l) (local.get 0) (i64.const 7) (i32.const 2))
    (array.copy $bytes $bytes (local.get 1) (i32.const 0) (local.get 1) (i32.const 1) (i32.const 2))
    (array.init_data $longs $d (local.get $l) (i32.const 0) (i32.const 0) (i32.const 1))
    (array.init_elem $refs $e (local.get $r) (i32.const 0) (i32.const 0) (i32.const 1))
    (drop (array.new_data $bytes $d (i32.const 1) (i32.const 2)))
    (array.get $longs (local.get $l) (local.get 0)))
  (func (export "casts") (param anyref funcref externref) (result i32)
    (block $is (result (ref $point)) (drop (br_on_cast $is anyref (ref $point) (local.get 0)))
      (block $not (result anyref)
        (br_on_cast_fail $not anyref (ref null eq) (local.get 0)) (ref.cast (ref null struct)))
      (drop) (unreachable))
    (drop)
    (drop (ref.cast (ref $closed) (ref.cast (ref null $open) (local.get 1))))
    (drop (extern.convert_any (ref.cast (ref any) (any.convert_extern (local.get 2)))))
    (i32.add (i32.add (ref.test (ref $leaf) (local.get 0)) (ref.test (ref null array) (local.get 0)))
      (i32.add (ref.test (ref none) (local.get 0)) (ref.test (ref null i31) (local.get 0)))))
  (func (export "i31") (param i32) (result i32)
    (i32.add (i31.get_s (ref.i31 (local.get 0))) (i31.get_u (ref.i31 (local.get 0))))))
)";

constexpr std::string_view kLegacy = R"((module
  (import "m" "f" (func $f))
  (tag $a (param i32)) (tag $b)
  (func (export "catches") (param i32) (result i32)
    try (result i32)
      try (result i32)
        (call $f)
        (throw $a (local.get 0))
      catch $a
        (rethrow 0)
      catch $b
        (call $f) (i32.const 1)
      end
    catch $a
    catch_all
      (i32.const 2)
    end)
  (func (export "delegates") (result i32)
    try (result i32)
      block (result i32)
        try (result i32) (call $f) (i32.const 3) delegate 0
      end
    catch $a
    end
    try (call $f) delegate 0
    try (nop) catch_all (unreachable) end))
)";

/// A number of at most 14 bits.
void add_number(std::vector<uint8_t>& out, size_t value) {
  out.push_back(static_cast<uint8_t>((value & 0x7F) | 0x80));
  out.push_back(static_cast<uint8_t>(value >> 7));
}

uint8_t code_of(Letter letter) {
  constexpr uint8_t kCodes[] = {0, 0x7F, 0x7E, 0x7D, 0x7C, 0x7B, 0x7F};
  return kCodes[static_cast<size_t>(letter)];
}

bool is_simple(const OpInfo& row) {
  if (row.special) return false;
  switch (row.immediate) {
  case Imm::none:
  case Imm::memory:
  case Imm::memarg:
  case Imm::memarg_lane:
  case Imm::atomic_memarg:
  case Imm::fence:
  case Imm::lane:
  case Imm::shuffle:
  case Imm::v128:
  case Imm::i32:
  case Imm::i64:
  case Imm::f32:
  case Imm::f64: return true;
  default: return false;
  }
}

/// One function for every operator of the table that takes operands and gives results.
std::vector<uint8_t> simple_operators(
    size_t& count, bool (*wanted)(const OpInfo&) = [](const OpInfo&) { return true; }) {
  std::vector<uint8_t> types, functions, bodies;
  count = 0;
  for (size_t i = 0; i < kOpCount; ++i) {
    const OpInfo& row = kOpInfo[i];
    if (!is_simple(row) || rule_of(static_cast<Op>(i)) == nullptr || !wanted(row)) continue;
    types.push_back(0x60);
    add_number(types, row.param_count);
    for (size_t p = 0; p < row.param_count; ++p) types.push_back(code_of(row.params[p]));
    add_number(types, row.result_count);
    for (size_t r = 0; r < row.result_count; ++r) types.push_back(code_of(row.results[r]));
    add_number(functions, count++);
    std::vector<uint8_t> body{0};
    for (uint8_t p = 0; p < row.param_count; ++p) body.insert(body.end(), {0x20, p});
    if (row.prefix != 0) {
      body.push_back(row.prefix);
      add_number(body, row.code);
    } else {
      body.push_back(static_cast<uint8_t>(row.code));
    }
    switch (row.immediate) {
    case Imm::memory:
    case Imm::fence: body.push_back(0); break;
    case Imm::memarg:
    case Imm::atomic_memarg: body.insert(body.end(), {row.width, 8}); break;
    case Imm::memarg_lane: body.insert(body.end(), {row.width, 8, 1}); break;
    case Imm::lane: body.push_back(1); break;
    case Imm::i32:
    case Imm::i64: body.push_back(5); break;
    case Imm::f32: body.insert(body.end(), {0, 0, 0x80, 0x3F}); break;
    case Imm::f64: body.insert(body.end(), {0, 0, 0, 0, 0, 0, 0xF0, 0x3F}); break;
    case Imm::shuffle:
    case Imm::v128: body.insert(body.end(), 16, 3); break;
    default: break;
    }
    body.push_back(0x0B);
    add_number(bodies, body.size());
    bodies.insert(bodies.end(), body.begin(), body.end());
  }
  std::vector<uint8_t> module{0, 'a', 's', 'm', 1, 0, 0, 0};
  const auto section = [&module](uint8_t id, size_t number, const std::vector<uint8_t>& rows) {
    module.push_back(id);
    add_number(module, rows.size() + 2);
    add_number(module, number);
    module.insert(module.end(), rows.begin(), rows.end());
  };
  section(1, count, types);
  section(3, count, functions);
  section(5, 1, {0, 1});
  // Exported, so that none is dropped.
  std::vector<uint8_t> exports;
  for (size_t i = 0; i < count; ++i) {
    exports.push_back(3);
    for (const size_t digit : {i / 100, i / 10 % 10, i % 10})
      exports.push_back(static_cast<uint8_t>('0' + digit));
    exports.push_back(0);
    add_number(exports, i);
  }
  section(7, count, exports);
  section(10, count, bodies);
  return module;
}

class EveryTarget : public testing::TestWithParam<Target> {};

TEST_P(EveryTarget, CompilesSimpleOperators) {
  size_t count = 0;
  const std::vector<uint8_t> module = simple_operators(count);
  EXPECT_GT(count, 420u);
  for (const unsigned level : {0u, 2u})
    for (const bool explicit_checks : {false, true}) {
      Options options = options_for(GetParam());
      options.optimization = level;
      options.explicit_checks = explicit_checks;
      options.deterministic = explicit_checks;
      EXPECT_EQ(compile(module, options), "") << level;
    }
}

TEST_P(EveryTarget, CompilesSpecialOperators) {
  FeatureSet legacy = FeatureSet::defaults();
  legacy.add(Feature::legacy_exceptions);
  for (const std::string_view text : {kSpecial, kObjects, kLegacy})
    for (const unsigned level : {0u, 2u}) {
      const std::vector<uint8_t> module = translate(text);
      Options options = options_for(GetParam());
      options.optimization = level;
      EXPECT_EQ(compile(module, options, nullptr, legacy), "") << level;
      options.meters = true;
      options.polls = true;
      options.call_traps = true;
      EXPECT_EQ(compile(module, options, nullptr, legacy), "") << level;
    }
}

/// Addresses of 64 bits, several memories, small pages: each kind of access.
TEST_P(EveryTarget, CompilesEveryKindOfMemory) {
  std::string text = "(module (memory $a 1) (memory $b i64 1) (memory $c 1 2 shared)"
                     " (memory $d i64 1 2 shared)";
  for (const std::string_view memory : {"$a", "$b", "$c", "$d"}) {
    const bool is_64 = memory == "$b" || memory == "$d";
    const std::string type = is_64 ? "i64" : "i32", name(memory);
    const std::string offset = is_64 ? " offset=0x123456789a" : " offset=0xfffffffe";
    text += " (func (export \"" + name + "\") (param " + type + ") (result " + type +
            ")"
            " (i64.store " +
            name + offset +
            " (local.get 0) (i64.const 1))"
            " (f32.store " +
            name + " (local.get 0) (f32.load " + name +
            " offset=4 (local.get 0)))"
            " (drop (i64.atomic.rmw.xchg " +
            name + offset +
            " (local.get 0) (i64.const 1)))"
            " (drop (i32.atomic.rmw8.cmpxchg_u " +
            name +
            " (local.get 0) (i32.const 1)"
            " (i32.const 2)))"
            " (drop (memory.atomic.wait64 " +
            name + offset +
            " (local.get 0) (i64.const 1)"
            " (i64.const 0)))"
            " (memory.fill " +
            name +
            " (local.get 0) (i32.const 1) (local.get 0))"
            " (memory.copy " +
            name +
            " $b (local.get 0) (i64.const 0) (local.get 0))"
            " (drop (memory.grow " +
            name +
            " (local.get 0)))"
            " (memory.size " +
            name + "))";
  }
  const std::vector<uint8_t> module = translate(text + ")");
  for (const unsigned level : {0u, 2u}) {
    Options options = options_for(GetParam());
    options.optimization = level;
    EXPECT_EQ(compile(module, options), "") << level;
  }
}

/// What the operators of the first version of WebAssembly, and those that came with 0xFC, call by
/// name where the target has no instructions for them.
constexpr std::string_view kSoftFloat =
    "__adddf3 __addsf3 __divdf3 __divdi3 __divsf3 __eqdf2 __eqsf2 __extendsfdf2 "
    "__fixdfdi __fixdfsi __fixsfdi __fixsfsi __fixunsdfdi __fixunsdfsi __fixunssfdi "
    "__fixunssfsi __floatdidf __floatdisf __floatsidf __floatsisf __floatundidf "
    "__floatundisf __floatunsidf __floatunsisf __gedf2 __gesf2 __gtdf2 __gtsf2 "
    "__ledf2 __lesf2 __ltdf2 __ltsf2 __moddi3 __muldf3 __mulsf3 __nedf2 __nesf2 "
    "__subdf3 __subsf3 __truncdfsf2 __udivdi3 __umoddi3 __unorddf2 __unordsf2 sqrt "
    "sqrtf";
constexpr std::pair<Target, std::string_view> kHelpers[] = {
    {Target::x86_64, ""},
    {Target::aarch64, ""},
    {Target::riscv64, ""},
    {Target::armv7, "__aeabi_d2lz __aeabi_d2ulz __aeabi_f2lz __aeabi_f2ulz __aeabi_idiv "
                    "__aeabi_idivmod __aeabi_l2d __aeabi_l2f __aeabi_ldivmod __aeabi_uidiv "
                    "__aeabi_uidivmod __aeabi_ul2d __aeabi_ul2f __aeabi_uldivmod"},
    {Target::thumbv7em, kSoftFloat},
    {Target::thumbv8m_main, kSoftFloat},
    {Target::riscv32, kSoftFloat},
};

/// Names that an object leaves to others.
std::set<std::string> undefined_names(const std::vector<uint8_t>& object) {
  const llvm::StringRef bytes(reinterpret_cast<const char*>(object.data()), object.size());
  auto parsed = llvm::object::ObjectFile::createELFObjectFile({bytes, "object"});
  std::set<std::string> names;
  if (!parsed) {
    ADD_FAILURE() << llvm::toString(parsed.takeError());
    return names;
  }
  for (const llvm::object::SymbolRef symbol : (*parsed)->symbols()) {
    auto flags = symbol.getFlags();
    auto name = symbol.getName();
    if (flags && name && (*flags & llvm::object::SymbolRef::SF_Undefined) != 0 && !name->empty() &&
        !name->starts_with("__aeabi_unwind")) // of tables that go
      names.insert(name->str());
  }
  return names;
}

TEST_P(EveryTarget, CallsTheseHelpers) {
  size_t count = 0;
  const std::vector<uint8_t> module = simple_operators(count, [](const OpInfo& row) {
    return row.prefix == 0 || (row.prefix == 0xFC && row.code < 8);
  });
  std::set<std::string> names;
  for (const unsigned level : {0u, 1u, 2u})
    for (const bool for_size : {false, true}) {
      Options options = options_for(GetParam());
      options.emit = WAX_EMIT_OBJECT;
      options.optimization = level;
      options.for_size = for_size;
      options.explicit_checks = true;
      std::vector<uint8_t> object;
      EXPECT_EQ(compile(module, options, &object), "");
      names.merge(undefined_names(object));
    }
  std::string found;
  for (const std::string& name : names) found += (found.empty() ? "" : " ") + name;
  for (const auto& [target, expected] : kHelpers)
    if (target == GetParam()) EXPECT_EQ(found, expected);
}

TEST_P(EveryTarget, GivesTheSameBytesAgain) {
  const std::vector<uint8_t> module = translate(kSpecial);
  std::vector<uint8_t> first, second;
  EXPECT_EQ(compile(module, options_for(GetParam()), &first), "");
  EXPECT_EQ(compile(module, options_for(GetParam()), &second), "");
  EXPECT_TRUE(first == second);
}

std::vector<Target> all_targets() {
  std::vector<Target> targets;
  for (const image::TargetInfo& info : image::kTargets) targets.push_back(info.target);
  return targets;
}

INSTANTIATE_TEST_SUITE_P(Targets, EveryTarget, testing::ValuesIn(all_targets()),
                         [](const auto& instance) {
                           return std::string(target_info(instance.param).name);
                         });

TEST(CompileOperators, EveryRuleIsTested) {
  for (size_t i = 0; i < kOpCount; ++i) {
    const auto op = static_cast<Op>(i);
    if (rule_of(op) == nullptr || is_simple(kOpInfo[i]) || op == Op::end) continue;
    bool found = false;
    for (const std::string_view text : {kSpecial, kObjects, kLegacy})
      for (const char* form : {"({} ", "({})", " {} ", " {}\n"}) {
        std::string word = form;
        word.replace(word.find("{}"), 2, op_name(op));
        found = found || text.find(word) != std::string_view::npos;
      }
    EXPECT_TRUE(found) << op_name(op);
  }
}

TEST(CompileOperators, EveryOperatorHasARule) {
  for (size_t i = 0; i < kOpCount; ++i)
    EXPECT_NE(rule_of(static_cast<Op>(i)), nullptr) << op_name(static_cast<Op>(i));
}

} // namespace
} // namespace waxwing::compile
