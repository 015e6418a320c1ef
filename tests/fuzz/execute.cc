// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz/execute.hpp"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "runtime/linker.hpp"

namespace waxwing::fuzz {

namespace {

using runtime::Cell;
using runtime::Outcome;

/// FNV-1a on words of 32 bits, which a script can do too.
struct Digest {
  uint32_t value = 0x811C9DC5u;

  void add(uint32_t word) { value = (value ^ word) * 0x01000193u; }
  void add64(uint64_t word) {
    add(static_cast<uint32_t>(word));
    add(static_cast<uint32_t>(word >> 32));
  }
};

/// A value from the cells of a call; NaNs count as one. What scripts cannot see is left out.
void take(Digest& digest, const Cell*& cell, ValType type) {
  if (type == val::i32) {
    digest.add(runtime::load_cell<uint32_t>(cell));
  } else if (type == val::i64) {
    digest.add64(runtime::load_cell<uint64_t>(cell));
  } else if (type == val::f32) {
    const auto value = runtime::load_cell<float>(cell);
    digest.add(std::isnan(value) ? 0x7FC00000u : runtime::load_cell<uint32_t>(cell));
  } else if (type == val::f64) {
    const auto value = runtime::load_cell<double>(cell);
    digest.add64(std::isnan(value) ? 0x7FF8000000000000u : runtime::load_cell<uint64_t>(cell));
  }
  cell += cells_of(type);
}

/// The arguments of every call.
bool put(Cell*& cell, ValType type) {
  if (type == val::i32)
    runtime::store_cell<uint32_t>(cell, 7);
  else if (type == val::i64)
    runtime::store_cell<uint64_t>(cell, 11);
  else if (type == val::f32)
    runtime::store_cell<float>(cell, 1.5f);
  else if (type == val::f64)
    runtime::store_cell<double>(cell, -2.25);
  else
    return false;
  cell += cells_of(type);
  return true;
}

char letter(Outcome outcome, const runtime::TrapInfo& trap) {
  if (outcome == Outcome::ok) return '.';
  if (outcome == Outcome::exception) return '!';
  switch (trap.kind) {
  case TrapKind::unreachable: return 'u';
  case TrapKind::integer_divide_by_zero: return 'z';
  case TrapKind::integer_overflow:
  case TrapKind::invalid_conversion_to_integer: return 'i';
  // Of an access that is neither aligned nor in bounds, engines say the one or the other.
  case TrapKind::out_of_bounds_memory_access:
  case TrapKind::unaligned_atomic: return 'm';
  case TrapKind::out_of_bounds_table_access:
  case TrapKind::undefined_element:
  case TrapKind::uninitialized_element:
  case TrapKind::indirect_call_type_mismatch: return 't';
  case TrapKind::null_reference:
  case TrapKind::null_function_reference:
  case TrapKind::null_structure_reference:
  case TrapKind::null_array_reference:
  case TrapKind::null_i31_reference:
  case TrapKind::null_exception_reference: return 'n';
  case TrapKind::out_of_bounds_array_access: return 'r';
  case TrapKind::cast_failure: return 'c';
  case TrapKind::call_stack_exhausted: return 's';
  default: return '?';
  }
}

Outcome log(runtime::HostCall& call) {
  auto& [digest, type] = *static_cast<std::pair<Digest*, const runtime::RuntimeType*>*>(call.data);
  const Cell* cell = call.cells;
  for (const ValType param : type->params) take(*digest, cell, param);
  return Outcome::ok;
}

class Execution {
 public:
  Execution(std::span<const uint8_t> bytes, const runtime::EngineConfig& config, const Load& load)
      : engine_(platform::default_allocator(), config, interp::backend()), bytes_(bytes),
        load_(load) {}
  ~Execution() {
    if (store_ != nullptr) runtime::Store::destroy(store_);
    if (module_ != nullptr) module_->release();
  }
  Execution(const Execution&) = delete;

  std::string run() {
    auto loaded = load_ ? load_(engine_, bytes_) : runtime::LoadedModule::load(engine_, bytes_);
    if (!loaded) return "invalid";
    module_ = *loaded;
    runtime::StoreLimits limits;
    limits.fuel = 200'000'000;
    auto store = runtime::Store::make(engine_, limits);
    if (!store) return "no memory";
    store_ = *store;
    std::vector<runtime::Extern> imports;
    if (!provide(imports)) return "unlinkable";
    Outcome outcome{};
    auto instance = runtime::instantiate(*store_, *module_, imports, outcome);
    if (!instance) return "unlinkable";
    if (outcome == Outcome::ok) outcome = runtime::run_start(**instance);
    note(outcome);
    if (outcome != Outcome::ok) return letters_ + " 00000000";
    call_all(**instance);
    sum_up(**instance);
    char number[16];
    std::snprintf(number, sizeof number, " %08x", digest_.value);
    return letters_ + number;
  }

 private:
  void note(Outcome outcome) { letters_ += letter(outcome, store_->trap); }

  bool provide(std::vector<runtime::Extern>& imports) {
    const Module& module = module_->module();
    logs_.reserve(module.imports.size());
    for (const Import& import : module.imports) {
      if (import.module != "fuzzing-support" || import.kind != ExternKind::func) return false;
      const runtime::RuntimeType* type = module_->function_type(import.index);
      if (!type->results.empty()) return false;
      logs_.emplace_back(&digest_, type);
      runtime::Extern value;
      value.kind = ExternKind::func;
      auto function = store_->host_function(type, &log, &logs_.back());
      if (!function) return false;
      value.func = *function;
      imports.push_back(value);
    }
    return true;
  }

  void call_all(runtime::Instance& instance) {
    runtime::Extern limit;
    const bool limited = instance.find_export("hangLimitInitializer", limit);
    for (const Export& e : instance.module().exports) {
      if (e.kind != ExternKind::func) continue;
      const runtime::FuncRef* function = instance.func_ref(e.index);
      const runtime::RuntimeType& type = *function->type;
      std::vector<Cell> cells(type.call_cells + 1);
      Cell* in = cells.data();
      bool fits = true;
      for (const ValType param : type.params) fits = fits && put(in, param);
      for (const ValType result : type.results) fits = fits && result != val::v128;
      // Scripts cannot call it.
      if (!fits) continue;
      if (limited) (void)runtime::call(*store_, limit.func, nullptr);
      const Outcome outcome = runtime::call(*store_, function, cells.data());
      note(outcome);
      if (outcome != Outcome::ok) continue;
      const Cell* out = cells.data();
      for (const ValType result : type.results) take(digest_, out, result);
    }
  }

  void sum_up(runtime::Instance& instance) {
    for (const Export& e : instance.module().exports) {
      if (e.kind == ExternKind::global) {
        const runtime::Global& global = *instance.globals[e.index];
        Cell cells[sizeof(V128) / sizeof(Cell)];
        std::memcpy(cells, global.value, sizeof cells);
        const Cell* cell = cells;
        take(digest_, cell, global.type.type);
      } else if (e.kind == ExternKind::memory) {
        const runtime::Memory& memory = *instance.memories[e.index];
        const uint64_t size = memory.byte_size();
        digest_.add64(size);
        for (uint64_t at = 0; at + 4 <= size; at += 4)
          if (const auto word = load_unaligned<uint32_t>(memory.resolve(at, 4)); word != 0) {
            digest_.add(static_cast<uint32_t>(at));
            digest_.add(word);
          }
      }
    }
  }

  runtime::Engine engine_;
  std::span<const uint8_t> bytes_;
  const Load& load_;
  runtime::LoadedModule* module_ = nullptr;
  runtime::Store* store_ = nullptr;
  Digest digest_;
  std::string letters_;
  std::vector<std::pair<Digest*, const runtime::RuntimeType*>> logs_;
};

} // namespace

std::string execute(std::span<const uint8_t> module, const runtime::EngineConfig& config,
                    const Load& load) {
  return Execution(module, config, load).run();
}

} // namespace waxwing::fuzz
