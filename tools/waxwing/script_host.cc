// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/script_host.hpp"

#include <fmt/format.h>

#include "describe/names.hpp"
#include "describe/trap_text.hpp"
#include "describe/types.hpp"
#include "image/image.hpp"
#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "text/parse.hpp"

namespace waxwing::tool {

namespace {

using runtime::Cell;
using runtime::Extern;
using runtime::Instance;
using runtime::LoadedModule;
using runtime::Outcome;

runtime::EngineConfig config_for(FeatureSet features) {
  runtime::EngineConfig config;
  config.features = features;
  return config;
}

/// The host module of the test suite. What it prints, no script looks at. One module a line, so
/// that each needs few features.
struct SpectestPart {
  Feature needs;
  const char* text;
};
constexpr SpectestPart kSpectest[] = {
    {Feature::mvp, R"((module
       (global (export "global_i32") i32 (i32.const 666))
       (global (export "global_i64") i64 (i64.const 666))
       (global (export "global_f32") f32 (f32.const 666.6))
       (global (export "global_f64") f64 (f64.const 666.6))
       (table (export "table") 10 20 funcref)
       (memory (export "memory") 1 2)
       (func (export "print"))
       (func (export "print_i32") (param i32))
       (func (export "print_i64") (param i64))
       (func (export "print_f32") (param f32))
       (func (export "print_f64") (param f64))
       (func (export "print_i32_f32") (param i32 f32))
       (func (export "print_f64_f64") (param f64 f64))))"},
    {Feature::memory64, R"((module (table (export "table64") i64 10 20 funcref)))"},
    {Feature::threads, R"((module (memory (export "shared_memory") 1 2 shared)))"},
};

} // namespace

SharedExports::SharedExports(Instance& instance) {
  for (const Export& e : instance.module().exports) {
    if (e.kind != ExternKind::memory) continue;
    runtime::Memory* memory = instance.memories[e.index];
    if (!memory->is_shared()) continue;
    memory->retain();
    memories_.push_back({std::string(e.name), memory});
  }
}

SharedExports::SharedExports(const SharedExports& other) : memories_(other.memories_) {
  for (const Entry& entry : memories_) entry.memory->retain();
}

SharedExports::~SharedExports() {
  for (const Entry& entry : memories_) entry.memory->release();
}

ScriptHost::ScriptHost(FeatureSet features, const runtime::StoreLimits& limits,
                       const ScriptCompiler* compiler)
    : features_(features), limits_(limits), compiler_(compiler),
      engine_(platform::default_allocator(), config_for(features), interp::backend()) {}

ScriptHost::~ScriptHost() {
  linker_.reset();
  hosts_.reset();
  if (store_ != nullptr) runtime::Store::destroy(store_);
  for (LoadedModule* module : modules_) module->release();
}

Result<void> ScriptHost::start() {
  store_ = TRY(runtime::Store::make(engine_, limits_));
  hosts_.emplace(store_->heap());
  linker_ = std::make_unique<runtime::Linker>(*store_);
  return define_spectest();
}

Result<void> ScriptHost::define_spectest() {
  for (const SpectestPart& part : kSpectest) {
    if (!features_.has(part.needs)) continue;
    auto binary = text::parse_module(part.text);
    if (!binary) return fail(ErrorCode::limit_exceeded);
    LoadedModule* module = TRY(load_interpreted(std::move(binary->bytes)));
    Outcome outcome{};
    Instance* instance = TRY(instantiate(*module, outcome));
    TRY(register_as("spectest", *instance));
  }
  return {};
}

std::expected<LoadedModule*, LoadFailure> ScriptHost::load(std::vector<uint8_t> bytes) {
  if (compiler_ != nullptr) return load_compiled(std::move(bytes));
  auto module = load_interpreted(std::move(bytes));
  if (!module) return std::unexpected(LoadFailure{module.error()});
  return *module;
}

Result<LoadedModule*> ScriptHost::load_interpreted(std::vector<uint8_t> bytes) {
  bytes_.push_back(std::move(bytes));
  auto module = LoadedModule::load(engine_, bytes_.back());
  if (module)
    modules_.push_back(*module);
  else
    bytes_.pop_back();
  return module;
}

std::expected<LoadedModule*, LoadFailure> ScriptHost::load_compiled(std::vector<uint8_t> bytes) {
  Module module(platform::default_allocator());
  auto checked = decode(bytes, features_, module);
  if (checked) checked = validate(module);
  if (!checked) return std::unexpected(LoadFailure{checked.error()});
  WaxCompileOptions options = compiler_options(compiler_->options);
  options.module = bytes.data();
  options.module_size = bytes.size();
  options.wasm_features = features_.bits();
  const Compiled& image = images_.emplace_back(*compiler_->module, options, [&](uint32_t function) {
    return describe::FunctionNames(module).name_of(function);
  });
  if (image.failed()) return std::unexpected(LoadFailure{Error{}, image.error()});
  auto loaded = image::load(engine_, image.bytes());
  if (!loaded) return std::unexpected(LoadFailure{loaded.error()});
  modules_.push_back(*loaded);
  return *loaded;
}

Result<Instance*> ScriptHost::instantiate(LoadedModule& module, Outcome& outcome) {
  outcome = Outcome::ok;
  Instance* instance = TRY(linker_->instantiate(module, outcome));
  if (outcome == Outcome::ok) outcome = runtime::run_start(*instance);
  return instance;
}

Result<void> ScriptHost::register_as(std::string_view name, Instance& instance) {
  return linker_->define_instance(name, instance);
}

Result<void> ScriptHost::register_as(std::string_view name, const SharedExports& exports) {
  for (const SharedExports::Entry& entry : exports.memories()) {
    Extern value;
    value.kind = ExternKind::memory;
    value.memory = entry.memory;
    TRY(linker_->define(name, entry.name, value));
  }
  return {};
}

ActionResult ScriptHost::failure(Outcome outcome) {
  ActionResult result;
  if (outcome == Outcome::exception) {
    result.kind = ActionResult::Kind::exception;
    result.text = "uncaught exception";
    store_->exception = 0;
    return result;
  }
  result.kind = ActionResult::Kind::trap;
  result.trap = store_->trap.kind;
  result.text = describe::trap_text(store_->trap.kind);
  return result;
}

std::optional<Value> ScriptHost::value_of(const text::Constant& constant) {
  using text::ConstKind;
  switch (constant.kind) {
  case ConstKind::i32: return Value::of(val::i32, static_cast<uint32_t>(constant.bits));
  case ConstKind::i64: return Value::of(val::i64, constant.bits);
  case ConstKind::f32: return Value::of(val::f32, static_cast<uint32_t>(constant.bits));
  case ConstKind::f64: return Value::of(val::f64, constant.bits);
  case ConstKind::v128: return Value::of(val::v128, constant.v128);
  case ConstKind::ref_null: return Value::of(val::anyref, runtime::Ref{0});
  case ConstKind::ref_extern:
  case ConstKind::ref_host: {
    const runtime::Ref ref = hosts_->of(static_cast<uint32_t>(constant.bits));
    if (ref == 0) return std::nullopt;
    return Value::of(constant.kind == ConstKind::ref_host ? val::anyref : val::externref, ref);
  }
  default: return std::nullopt;
  }
}

HeapType ScriptHost::hierarchy_of(ValType type) {
  HeapType heap = type.heap_type();
  if (heap.is_concrete())
    return engine_.types().type(heap.index())->kind == TypeKind::func ? heap::func : heap::any;
  heap = HeapType::abstract(heap.code());
  if (heap == heap::func || heap == heap::nofunc) return heap::func;
  if (heap == heap::extern_ || heap == heap::noextern) return heap::extern_;
  if (heap == heap::exn || heap == heap::noexn) return heap::exn;
  return heap::any;
}

text::Constant ScriptHost::constant_of(const Value& value) {
  using text::ConstKind;
  text::Constant out;
  switch (value.type.code()) {
  case 0x7F:
    out.kind = ConstKind::i32;
    out.bits = value.as<uint32_t>();
    return out;
  case 0x7E:
    out.kind = ConstKind::i64;
    out.bits = value.as<uint64_t>();
    return out;
  case 0x7D:
    out.kind = ConstKind::f32;
    out.bits = value.as<uint32_t>();
    return out;
  case 0x7C:
    out.kind = ConstKind::f64;
    out.bits = value.as<uint64_t>();
    return out;
  case 0x7B:
    out.kind = ConstKind::v128;
    out.v128 = value.bits;
    return out;
  default: break;
  }
  const auto ref = value.as<runtime::Ref>();
  const HeapType hierarchy = hierarchy_of(value.type);
  if (ref == 0) {
    out.kind = ConstKind::ref_null;
  } else if (hierarchy == heap::func) {
    out.kind = ConstKind::ref_func;
  } else if (hierarchy == heap::exn) {
    out.kind = ConstKind::ref_exn;
  } else if (const auto number = host_number(ref)) {
    out.kind = hierarchy == heap::extern_ ? ConstKind::ref_extern : ConstKind::ref_host;
    out.has_number = true;
    out.bits = *number;
  } else if (hierarchy == heap::extern_) {
    out.kind = ConstKind::ref_extern;
  } else if (runtime::is_i31(ref)) {
    out.kind = ConstKind::ref_i31;
  } else {
    const bool array = runtime::object_of(ref)->type->object == runtime::ObjectKind::array;
    out.kind = array ? ConstKind::ref_array : ConstKind::ref_struct;
  }
  return out;
}

ActionResult ScriptHost::invoke(Instance& instance, std::string_view name,
                                std::span<const Value> arguments) {
  auto refuse = [](std::string text) {
    return ActionResult{.kind = ActionResult::Kind::refused, .text = std::move(text)};
  };
  Extern item;
  if (!instance.find_export(name, item) || item.kind != ExternKind::func)
    return refuse(fmt::format("no function '{}' is exported", name));
  const runtime::FuncRef* function = item.func;
  const runtime::RuntimeType& type = *function->type;
  bool fits = arguments.size() == type.params.size();
  for (size_t i = 0; fits && i < arguments.size(); ++i) {
    const ValType given = arguments[i].type;
    const ValType wanted = type.params[i];
    fits = given.is_ref() ? wanted.is_ref() : given == wanted;
  }
  if (!fits)
    return refuse(type.params.empty() ? fmt::format("'{}' takes no arguments", name)
                                      : fmt::format("'{}' takes {}", name,
                                                    describe::signature_text(type.params, {})));
  std::vector<Cell> cells(type.call_cells + 1);
  Cell* in = cells.data();
  for (size_t i = 0; i < arguments.size(); ++i) {
    Value value = arguments[i];
    value.type = type.params[i];
    put_value(in, value);
  }
  const Outcome outcome = runtime::call(*store_, function, cells.data());
  if (outcome != Outcome::ok) return failure(outcome);
  ActionResult result;
  const Cell* out = cells.data();
  for (ValType value : type.results) result.values.push_back(take_value(out, value));
  return result;
}

ActionResult ScriptHost::get(Instance& instance, std::string_view name) {
  Extern item;
  if (!instance.find_export(name, item) || item.kind != ExternKind::global)
    return {.kind = ActionResult::Kind::refused,
            .text = fmt::format("no global '{}' is exported", name)};
  Value value{item.global->type.type, {}};
  std::memcpy(value.bits.bytes, item.global->value, sizeof value.bits.bytes);
  return {.kind = ActionResult::Kind::values, .values = {value}};
}

} // namespace waxwing::tool
