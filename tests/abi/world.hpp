// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two instances of tests/abi/slice.wat that call each other, each interpreted or compiled, and what
// is asked of them. For abi_test and for programs on bare machines, which have no GoogleTest: they
// say where the files come from and what becomes of complaints.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "image/image.hpp"
#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "runtime/exception.hpp"
#include "runtime/instance.hpp"
#include "runtime/store.hpp"
#include "wasm/trap.hpp"

namespace waxwing::abi {

using runtime::Cell;
using runtime::Extern;
using runtime::HostCall;
using runtime::Instance;
using runtime::LoadedModule;
using runtime::Outcome;
using runtime::Store;

/// The module as text translated once, and its image.
struct Files {
  std::vector<uint8_t> module;
  std::vector<uint8_t> image;
  /// The image without code for every other function.
  std::vector<uint8_t> mixed;
  /// Accesses to its memory fault: what they have accessed is known then.
  bool has_guards = false;
};

/// The program's own: its files, what it does when something is wrong, what a store may use.
const Files& files();
void complain(const std::string& text);
runtime::StoreLimits limits();

/// Of a module and its image; an image without code for every other function is made here.
inline Files make_files(std::vector<uint8_t> module, std::vector<uint8_t> bytes) {
  Files found{std::move(module), std::move(bytes), {}, false};
  found.mixed = found.image;
  const auto image = image::read(found.image);
  if (!image) {
    complain("the image is malformed");
    return found;
  }
  const auto row = image->section(image::SectionKind::functions);
  for (uint32_t at = 0; at < row.size; at += 2 * sizeof(image::FunctionEntry))
    std::fill_n(found.mixed.begin() + row.offset + at, sizeof(image::FunctionEntry), uint8_t{0});
  found.has_guards =
      image->memories[0].access == static_cast<uint32_t>(image::MemoryAccess::guarded);
  return found;
}

inline std::string_view trap_word(TrapKind kind) {
  constexpr std::string_view kWords[] = {
#define WAX_TRAP(name, text) text,
#include "wasm/trap.def"
#undef WAX_TRAP
  };
  return kWords[static_cast<size_t>(kind)];
}

/// `mixed`: every other function is interpreted, in one instance with the compiled ones.
enum class Kind { interpreted, compiled, mixed };

/// One argument, or a result.
struct Value {
  ValType type;
  uint64_t bits;
};
inline Value i32(uint32_t value) { return {val::i32, value}; }
inline Value i64(uint64_t value) { return {val::i64, value}; }
inline Value f32(float value) { return {val::f32, std::bit_cast<uint32_t>(value)}; }
inline Value f64(double value) { return {val::f64, std::bit_cast<uint64_t>(value)}; }

/// Two instances in a store.
class World {
 public:
  World(Kind first, Kind second)
      : engine_(platform::default_allocator(), {}, interp::backend()),
        store_(*Store::make(engine_, limits())) {
    TableType table_type{val::funcref, {.min = 64}};
    table_ = *store_->host_table(table_type, 0);
    const ValType tag_params[] = {val::i32, val::i64};
    tag_ = *store_->host_tag(*engine_.types().intern_function(tag_params, {}));
    const ValType one[] = {val::i32};
    const ValType many[] = {val::i32, val::i64, val::i32, val::i64, val::i32, val::i64,
                            val::i32, val::i64, val::i32, val::i64, val::i32};
    const ValType result64[] = {val::i64};
    host_ = *store_->host_function(*engine_.types().intern_function(one, one), &host, this);
    host_many_ =
        *store_->host_function(*engine_.types().intern_function(many, result64), &host_many, this);
    instances_[0] = instantiate(first, 0, 16);
    instances_[1] = instantiate(second, 16, 0);
  }
  ~World() {
    Store::destroy(store_);
    for (LoadedModule* module : modules_) module->release();
  }
  World(const World&) = delete;

  [[nodiscard]] Store& store() { return *store_; }

  /// What the call does, in words.
  std::string call(int which, std::string_view name, const std::vector<Value>& arguments) {
    Extern item;
    if (instances_[which] == nullptr || !instances_[which]->find_export(name, item))
      return "no export";
    std::vector<Cell> cells(item.func->type->call_cells + size_t{1});
    Cell* in = cells.data();
    for (const Value& value : arguments) {
      if (size_of(value.type) == 4)
        runtime::store_cell(in, static_cast<uint32_t>(value.bits));
      else
        runtime::store_cell(in, value.bits);
      in += cells_of(value.type);
    }
    const Outcome outcome = runtime::call(*store_, item.func, cells.data());
    std::ostringstream out;
    out << name << ":";
    switch (outcome) {
    case Outcome::ok: {
      const Cell* at = cells.data();
      for (const ValType type : item.func->type->results) {
        out << " "
            << (size_of(type) == 4 ? runtime::load_cell<uint32_t>(at)
                                   : runtime::load_cell<uint64_t>(at));
        at += cells_of(type);
      }
      break;
    }
    case Outcome::trap:
      out << " trap " << trap_word(store_->trap.kind);
      if (store_->trap.kind == TrapKind::out_of_bounds_memory_access && files().has_guards)
        out << " (" << store_->trap.address << "+" << store_->trap.length << " of "
            << store_->trap.index << "/" << store_->trap.bound << ")";
      break;
    case Outcome::exception: {
      const auto& exception = runtime::exception_of(runtime::catch_exception(*store_));
      out << (exception.tag == tag_ ? " exception oops " : " exception ")
          << runtime::load_cell<uint32_t>(exception.cells());
      store_->locate_trace();
      break;
    }
    case Outcome::tail_call: out << " tail call"; break;
    }
    return out.str();
  }

  /// Function and offset of the first frames of the last trace.
  [[nodiscard]] std::string trace() const {
    std::ostringstream out;
    const runtime::TraceSink& sink = store_->trap.trace;
    for (uint64_t i = 0; i < sink.count && i < runtime::TraceSink::kKeep; ++i) {
      const runtime::Frame& frame = sink.first[i];
      if (frame.module == nullptr)
        out << " host";
      else
        out << " " << frame.function << "@" << frame.offset << (frame.exact ? "" : "~");
    }
    return out.str();
  }

  [[nodiscard]] const runtime::TraceSink& frames() const { return store_->trap.trace; }

  /// Everything that a guest can see of both instances.
  [[nodiscard]] std::string state() const {
    std::ostringstream out;
    for (Instance* instance : instances_) {
      if (instance == nullptr) continue;
      Extern item;
      (void)instance->find_export("g32", item);
      out << " g32=" << load_unaligned<uint32_t>(item.global->value);
      (void)instance->find_export("g64", item);
      out << " g64=" << load_unaligned<uint64_t>(item.global->value);
      (void)instance->find_export("memory", item);
      const uint64_t size = item.memory->byte_size();
      const uint8_t* bytes = item.memory->resolve(0, size);
      uint64_t hash = 0;
      for (uint64_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001B3;
      out << " memory=" << size << "/" << hash;
    }
    // Which elements of the table are alike.
    out << " table=";
    for (uint64_t i = 0; i < table_->size; ++i) {
      uint64_t first = 0;
      while (table_->elements[first] != table_->elements[i]) ++first;
      out << first << (i + 1 < table_->size ? "," : "");
    }
    return out.str();
  }

 private:
  Instance* instantiate(Kind kind, uint32_t base, uint32_t other) {
    const auto loaded = kind == Kind::compiled ? image::load(engine_, files().image)
                        : kind == Kind::mixed  ? image::load(engine_, files().mixed)
                                               : LoadedModule::load(engine_, files().module);
    if (!loaded) {
      std::ostringstream out;
      out << "load: error " << static_cast<int>(loaded.error().code) << " at "
          << loaded.error().offset << " (" << loaded.error().a << ", " << loaded.error().b << ")";
      complain(out.str());
      return nullptr;
    }
    modules_.push_back(*loaded);
    Extern imports[6];
    const GlobalType constant{val::i32};
    imports[0].kind = imports[1].kind = ExternKind::global;
    imports[0].global = *store_->host_global(constant, &base);
    imports[1].global = *store_->host_global(constant, &other);
    imports[2].kind = ExternKind::table;
    imports[2].table = table_;
    imports[3].kind = ExternKind::tag;
    imports[3].tag = tag_;
    imports[4].kind = imports[5].kind = ExternKind::func;
    imports[4].func = host_;
    imports[5].func = host_many_;
    Outcome outcome{};
    const auto instance = runtime::instantiate(*store_, **loaded, imports, outcome);
    if (!instance) {
      complain("instantiate: error " + std::to_string(static_cast<int>(instance.error().code)));
      return nullptr;
    }
    if (outcome != Outcome::ok) complain("the start function has failed");
    return *instance;
  }

  static Outcome host(HostCall& call) {
    auto& world = *static_cast<World*>(call.data);
    const auto argument = runtime::load_cell<uint32_t>(call.cells);
    switch (argument) {
    case 1: runtime::store_cell<uint32_t>(call.cells, 1001); return Outcome::ok;
    case 2:
    case 3: {
      // The host calls a guest, which may trap.
      Extern item;
      if (!world.instances_[argument - 2]->find_export("fib", item)) return Outcome::trap;
      runtime::store_cell<uint32_t>(call.cells, 10);
      return runtime::call(call.store, item.func, call.cells);
    }
    case 4: return call.store.raise_host("the host's own");
    case 5: {
      Cell cells[4] = {};
      runtime::store_cell<uint32_t>(cells, 4242);
      return runtime::throw_exception(call.store, *world.tag_, cells);
    }
    case 6: {
      Extern item;
      if (!world.instances_[1]->find_export("load32", item)) return Outcome::trap;
      runtime::store_cell<uint32_t>(call.cells, 0x10000);
      return runtime::call(call.store, item.func, call.cells);
    }
    case 7: {
      Extern item;
      if (!world.instances_[1]->find_export("throw_deep", item)) return Outcome::trap;
      runtime::store_cell<uint32_t>(call.cells, 2);
      return runtime::call(call.store, item.func, call.cells);
    }
    default: runtime::store_cell<uint32_t>(call.cells, argument * 3); return Outcome::ok;
    }
  }

  static Outcome host_many(HostCall& call) {
    const Cell* at = call.cells;
    uint64_t sum = 0;
    for (int i = 0; i < 11; ++i) {
      const ValType type = i % 2 == 0 ? val::i32 : val::i64;
      const uint64_t value =
          i % 2 == 0 ? runtime::load_cell<uint32_t>(at) : runtime::load_cell<uint64_t>(at);
      sum = sum * 100 + value;
      at += cells_of(type);
    }
    runtime::store_cell(call.cells, sum);
    return Outcome::ok;
  }

  runtime::Engine engine_;
  Store* store_;
  runtime::Table* table_;
  runtime::Tag* tag_;
  runtime::FuncRef* host_;
  runtime::FuncRef* host_many_;
  std::vector<LoadedModule*> modules_;
  Instance* instances_[2] = {};
};

struct Step {
  const char* name;
  std::vector<Value> arguments;
  /// Frames depend on how much stack there is.
  bool is_deep = false;
};

/// Results are never NaNs, whose bits may differ; operands may be.
inline void add_number_steps(std::vector<Step>& all) {
  constexpr double kPairs[][2] = {
      {1.5, -2.25},      {0.1, 0.2},         {1e308, 1e308},       {5e-324, 0.5},
      {-1e-310, 3e-320}, {1.0, 3.0},         {0.0, -0.0},          {9007199254740993.0, 2.5},
      {1e300, 1e-300},   {-7.5, 4294967297}, {1.17549435e-38, 3.0}};
  for (const auto& [a, b] : kPairs) {
    const auto narrow_a = static_cast<float>(a), narrow_b = static_cast<float>(b);
    if (b != 0) all.push_back({"f64_arithmetic", {f64(a), f64(b)}});
    if (narrow_b != 0 && !std::isinf(narrow_b))
      all.push_back({"f32_arithmetic", {f32(narrow_a), f32(narrow_b)}});
    all.push_back({"f64_compare", {f64(a), f64(b)}});
    all.push_back({"f32_compare", {f32(narrow_b), f32(narrow_a)}});
  }
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  all.push_back({"f64_compare", {f64(kNan), f64(1)}});
  all.push_back({"f32_compare", {f32(1), f32(static_cast<float>(kNan))}});
  for (const double a : {0.5, 1.5, -2.5, -0.25, 1e10, -1e19, 3e9, 1.8e19, 1e300, 4503599627370497.5,
                         -2147483648.75, 1e-320}) {
    const auto narrow = static_cast<float>(a);
    all.push_back({"f64_convert", {f64(a)}});
    all.push_back({"f32_convert", {f32(narrow)}});
    all.push_back({"f64_truncate", {f64(a)}});
    all.push_back({"f32_truncate", {f32(narrow)}});
  }
  all.push_back({"f64_truncate", {f64(kNan)}});
  for (const uint64_t n :
       {uint64_t{0}, uint64_t{1}, uint64_t{0xFFFFFFFF}, uint64_t{0x1000001}, ~uint64_t{0},
        uint64_t{0x8000000000000000}, uint64_t{0x20000000000003}, uint64_t{0x7FFFFFBFFFFFFFFF}}) {
    all.push_back({"f64_from", {i32(static_cast<uint32_t>(n)), i64(n)}});
    all.push_back({"f32_from", {i32(static_cast<uint32_t>(n)), i64(n)}});
    for (const uint64_t d : {uint64_t{3}, uint64_t{0x100000007}, ~uint64_t{6}}) {
      all.push_back({"divide64", {i64(n), i64(d)}});
      all.push_back({"bits64", {i64(n), i64(d)}});
    }
  }
}

inline const std::vector<Step>& steps() {
  constexpr uint32_t kPage = 0x10000, kMin = 0x80000000;
  constexpr uint64_t kMin64 = 0x8000000000000000;
  static const std::vector<Step> all = [] {
    std::vector<Step> listed = {
        {"add", {i32(1), i32(0xFFFFFFFF)}},
        {"mix64", {i64(0x123456789ABCDEF), i64(99)}},
        {"fib", {i32(15)}},
        {"sum", {i32(1000)}},
        {"choose", {i32(0)}},
        {"choose", {i32(1)}},
        {"choose", {i32(2)}},
        {"choose", {i32(77)}},
        {"bits", {i32(0x00F0A000)}},
        {"bits", {i32(0)}},
        {"swapped", {i32(5), i64(100)}},
        {"nine", {i32(50)}},
        {"nine_tail", {i32(60)}},
        {"nine_tail_other", {i32(70)}},
        {"many",
         {i32(1), i64(2), i32(3), i64(4), i32(5), i64(6), i32(7), i64(8), i32(9), i64(10),
          i32(11)}},
        {"call_many", {}},
        {"grow_tail", {i32(1000)}},
        {"count_tail", {i32(100'001), i64(0)}},
        {"ping", {i32(100)}},
        {"tail_ping", {i32(1001)}},
        {"tail_ping", {i32(1000)}},
        {"tail_ping_and_one", {i32(1001)}},
        {"tail_ping_and_one", {i32(0)}},
        {"call_twice_other", {i32(21)}},
        {"call_host", {i32(100)}},
        {"call_host", {i32(1)}},
        {"call_host", {i32(2)}},
        {"call_host", {i32(3)}},
        {"call_host", {i32(4)}},
        {"call_host", {i32(5)}},
        {"call_host", {i32(6)}},
        {"call_host", {i32(7)}},
        {"tail_host", {i32(200)}},
        {"tail_host", {i32(2)}},
        {"square_by_ref", {i64(12)}},
        // The last bytes of a memory.
        {"store32", {i32(kPage - 4), i32(0x11223344)}},
        {"load32", {i32(kPage - 4)}},
        {"load32", {i32(kPage - 3)}},
        {"load32", {i32(kPage)}},
        {"load8", {i32(kPage - 1)}},
        {"load8", {i32(kPage)}},
        {"load8", {i32(0xFFFFFFFF)}},
        {"load16", {i32(kPage - 1)}},
        {"load16", {i32(kPage)}},
        {"load64", {i32(kPage - 8)}},
        {"load64", {i32(kPage - 7)}},
        {"load_far", {i32(0)}},
        {"load_far", {i32(0xFFFFFFFF)}},
        {"store32", {i32(kPage - 3), i32(0x55667788)}},
        {"store64", {i32(kPage - 7), i64(0x5566778899AABBCC)}},
        {"store64", {i32(kPage - 1), i64(0x5566778899AABBCC)}},
        {"store8", {i32(kPage - 1), i32(0x1234)}},
        {"store8", {i32(kPage), i32(0x1234)}},
        {"store16", {i32(kPage - 2), i64(0x123456)}},
        {"store16", {i32(kPage - 3), i64(0x123456)}},
        {"add_in_memory", {i32(kPage - 12), i32(1)}},
        {"add_in_memory", {i32(kPage - 9), i32(1)}},
        {"store32", {i32(0xFFFFFFFE), i32(1)}},
        {"dead_load", {i32(kPage - 4)}},
        {"dead_load", {i32(kPage - 3)}},
        {"late_load", {i32(0xFFFF0000), i32(0)}},
        {"late_load", {i32(16), i32(1)}},
        {"set_then_load", {i32(kPage)}},
        {"set_then_load", {i32(0)}},
        {"count_in_global", {i32(0), i32(4096)}},
        {"global_order", {i32(16)}},
        {"global_order", {i32(kPage)}},
        {"global_order", {i32(kPage - 4)}},
        {"global_order", {i32(kPage - 8)}},
        {"table_order", {i32(16)}},
        {"table_order", {i32(kPage)}},
        {"table_order", {i32(kPage - 4)}},
        {"table_order", {i32(kPage - 8)}},
        {"order_in_loop", {i32(kPage - 13), i32(1)}},
        {"order_in_loop", {i32(0), i32(0x1FF7)}},
        {"fill", {i32(200), i32(7), i32(100)}},
        {"fill", {i32(kPage - 1), i32(9), i32(2)}},
        {"copy", {i32(300), i32(200), i32(50)}},
        {"copy", {i32(0), i32(kPage - 10), i32(11)}},
        {"size", {}},
        {"grow", {i32(1)}},
        {"size", {}},
        {"load32", {i32(kPage)}},
        {"load32", {i32(2 * kPage - 3)}},
        {"grow", {i32(2)}},
        // Traps.
        {"div", {i32(7), i32(2)}},
        {"div", {i32(7), i32(0)}},
        {"div", {i32(kMin), i32(0xFFFFFFFF)}},
        {"div64", {i64(kMin64), i64(~uint64_t{0})}},
        {"div64", {i64(5), i64(0)}},
        {"rem", {i32(kMin), i32(0xFFFFFFFF)}},
        {"rem", {i32(1), i32(0)}},
        {"rem64u", {i64(1), i64(0)}},
        {"leaf_other", {i32(8), i32(10)}},
        {"leaf_other", {i32(3 * kPage - 3), i32(10)}},
        {"leaf_other", {i32(7), i32(11)}},
        {"leaf_other", {i32(0), i32(11)}},
        {"leaf_own", {i32(8)}},
        {"leaf_own", {i32(4)}},
        {"leaf_own", {i32(3 * kPage - 3)}},
        {"unreachable", {}},
        {"unreachable_other", {}},
        {"mismatch", {}},
        {"no_element", {}},
        {"beyond_table", {i32(64)}},
        {"beyond_table", {i32(0xFFFFFFFF)}},
        {"catch_trap", {}},
        // Exceptions through frames of alternating engines.
        {"throw_deep", {i32(0)}},
        {"throw_deep", {i32(3)}},
        {"catch_deep", {i32(0), i64(1000)}},
        {"catch_deep", {i32(1), i64(1000)}},
        {"catch_deep", {i32(2), i64(1000)}},
        {"catch_deep", {i32(3), i64(1000)}},
        {"catch_and_count", {i32(2)}},
        {"catch_twice", {i32(0)}},
        {"catch_twice", {i32(3)}},
        {"throw_host", {i32(5)}},
        {"throw_host", {i32(7)}},
        {"throw_host", {i32(9)}},
        // The end of the stack.
        {"recurse", {i32(0)}, true},
        {"self", {i32(0)}, true},
        {"recurse_host", {i32(0)}, true},
        {"recurse_fill", {i32(0)}, true},
        {"recurse_wide", {}, true},
        {"ping", {i32(0x7FFFFFFF)}, true},
        {"recurse_other", {i32(0)}, true},
        // And it still works.
        {"fib", {i32(12)}},
        {"ping", {i32(11)}},
    };
    add_number_steps(listed);
    return listed;
  }();
  return all;
}

/// What a run of all steps looks like, a line a step.
inline std::vector<std::string> run_all(Kind first, Kind second) {
  World world(first, second);
  std::vector<std::string> log;
  for (const int which : {0, 1})
    for (const Step& step : steps()) {
      std::string line = std::to_string(which) + " " + world.call(which, step.name, step.arguments);
      if (line.find("trap") != std::string::npos || line.find("exception") != std::string::npos) {
        const std::string trace = world.trace();
        // Recursion that ends somewhere is told by its innermost function.
        line += " at" + (step.is_deep ? std::string() : trace);
        if (step.is_deep && trace.empty()) complain("no trace: " + line);
      }
      log.push_back(line + world.state());
    }
  return log;
}

} // namespace waxwing::abi
