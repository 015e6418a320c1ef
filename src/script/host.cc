// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "script/host.hpp"

#include <fmt/format.h>
#include <new>

namespace waxwing::script {

namespace {

/// The host module of the test suite. What it prints, no script looks at. One module a line, so
/// that each needs few features.
struct SpectestPart {
  std::string_view needs;
  const char* text;
};
constexpr SpectestPart kSpectest[] = {
    {"mvp", R"((module
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
    {"memory64", R"((module (table (export "table64") i64 10 20 funcref)))"},
    {"threads", R"((module (memory (export "shared_memory") 1 2 shared)))"},
};

} // namespace

SharedMemories shared_memories(const Instance& instance) {
  SharedMemories out;
  for (ExportType& item : instance.module().exports()) {
    const auto* type = std::get_if<waxwing::v0::MemoryType>(&item.type);
    if (type == nullptr || !type->shared) continue;
    const Result<Memory> memory = instance.memory(item.name);
    if (auto shared = memory ? memory->share() : std::unexpected(memory.error()); shared)
      out.emplace_back(std::move(item.name), std::move(*shared));
  }
  return out;
}

Result<void> ScriptHost::start() {
  Result<Store> store = Store::make(engine_, options_.limits);
  if (!store) return std::unexpected(std::move(store.error()));
  store_ = std::make_unique<Store>(std::move(*store));
  linker_ = std::make_unique<Linker>(*store_);
  return define_spectest();
}

Result<void> ScriptHost::define_spectest() {
  for (const SpectestPart& part : kSpectest) {
    if (!options_.config.features.has(part.needs)) continue;
    Result<Module> module = Module::from_text(engine_, part.text, {.name = "spectest"});
    if (!module) return std::unexpected(std::move(module.error()));
    Result<Instance> instance = instantiate(*module);
    if (!instance) return std::unexpected(std::move(instance.error()));
    if (Result<void> defined = register_as("spectest", *instance); !defined) return defined;
  }
  return {};
}

Result<Module> ScriptHost::load(std::vector<uint8_t> bytes) {
  const auto kept = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  Result<Module> module =
      Module::from_bytes(engine_, std::as_bytes(std::span(*kept)), {.owner = kept});
  return module && options_.prepare ? options_.prepare(*module) : module;
}

Result<Instance> ScriptHost::instantiate(const Module& module) {
  return linker_->instantiate(module);
}

Result<void> ScriptHost::register_as(std::string_view name, const Instance& instance) {
  return linker_->instance(name, instance);
}

Result<void> ScriptHost::register_as(std::string_view name, const SharedMemories& memories) {
  for (const auto& [item, shared] : memories) {
    const Result<Memory> memory = Memory::from(*store_, shared);
    if (!memory) return std::unexpected(memory.error());
    if (Result<void> defined = linker_->define(name, item, *memory); !defined) return defined;
  }
  return {};
}

ExternRef ScriptHost::reference(uint32_t number) {
  const auto known = numbered_.find(number);
  if (known != numbered_.end()) return known->second;
  return numbered_[number] = store_->reference(Numbered{number});
}

std::optional<uint32_t> ScriptHost::number_of(const Value& value) const {
  if (value.object_kind() != ObjectKind::host) return std::nullopt;
  const auto* object = store_->get<Numbered>(value.externref());
  return object == nullptr ? std::nullopt : std::optional(object->number);
}

std::optional<Value> ScriptHost::value_of(const text::Constant& constant, const ValueType& type) {
  using text::ConstKind;
  const auto if_kind = [&](ValueKind kind, const auto& bits) -> std::optional<Value> {
    if (type.kind() != kind) return std::nullopt;
    return Value(type, RawValue::of(bits), nullptr);
  };
  switch (constant.kind) {
  case ConstKind::i32: return if_kind(ValueKind::i32, static_cast<uint32_t>(constant.bits));
  case ConstKind::i64: return if_kind(ValueKind::i64, constant.bits);
  case ConstKind::f32: return if_kind(ValueKind::f32, static_cast<uint32_t>(constant.bits));
  case ConstKind::f64: return if_kind(ValueKind::f64, constant.bits);
  case ConstKind::v128: return if_kind(ValueKind::v128, constant.v128);
  case ConstKind::ref_null:
    if (!type.is_reference()) return std::nullopt;
    return Value(type, RawValue::of(uintptr_t{0}), nullptr);
  case ConstKind::ref_extern:
  case ConstKind::ref_host: {
    if (!type.is_reference()) return std::nullopt;
    const ExternRef object = reference(static_cast<uint32_t>(constant.bits));
    return Value(type, RawValue::of(static_cast<uintptr_t>(object.word())), nullptr);
  }
  default: return std::nullopt;
  }
}

text::Constant ScriptHost::constant_of(const Value& value) const {
  using text::ConstKind;
  text::Constant out;
  const auto number = [&out](ConstKind kind, uint64_t bits) {
    out.kind = kind;
    out.bits = bits;
    return out;
  };
  switch (value.kind()) {
  case ValueKind::i32: return number(ConstKind::i32, value.raw().as<uint32_t>());
  case ValueKind::i64: return number(ConstKind::i64, value.raw().as<uint64_t>());
  case ValueKind::f32: return number(ConstKind::f32, value.raw().as<uint32_t>());
  case ValueKind::f64: return number(ConstKind::f64, value.raw().as<uint64_t>());
  case ValueKind::v128:
    out.kind = ConstKind::v128;
    std::memcpy(out.v128.bytes, value.raw().bytes.data(), sizeof out.v128.bytes);
    return out;
  case ValueKind::funcref:
    out.kind = value.is_null() ? ConstKind::ref_null : ConstKind::ref_func;
    return out;
  case ValueKind::externref:
  case ValueKind::anyref:
  case ValueKind::exnref: break;
  }
  const bool external = value.kind() == ValueKind::externref;
  if (const auto known = number_of(value)) {
    out.has_number = true;
    return number(external ? ConstKind::ref_extern : ConstKind::ref_host, *known);
  }
  switch (value.object_kind()) {
  case ObjectKind::null: out.kind = ConstKind::ref_null; break;
  case ObjectKind::exception: out.kind = ConstKind::ref_exn; break;
  case ObjectKind::i31: out.kind = ConstKind::ref_i31; break;
  case ObjectKind::struct_: out.kind = ConstKind::ref_struct; break;
  case ObjectKind::array: out.kind = ConstKind::ref_array; break;
  case ObjectKind::host: out.kind = ConstKind::ref_host; break;
  }
  if (external && !value.is_null()) out.kind = ConstKind::ref_extern;
  return out;
}

std::string ScriptHost::text(std::span<const Value> values) const {
  if (values.empty()) return "no values";
  std::string out;
  for (const Value& value : values) {
    std::string words = value.type().is_reference() ? "" : value.type().text() + " ";
    words += value.text();
    if (const auto number = number_of(value)) words += fmt::format(" {}", *number);
    out += fmt::format("{}({})", out.empty() ? "" : " ", words);
  }
  return out;
}

ActionResult ScriptHost::invoke(const Instance& instance, std::string_view name,
                                std::span<const text::Constant> arguments) {
  const Result<Func> function = instance.func(name);
  if (!function) return waxwing::v0::fail(fmt::format("no function '{}' is exported", name));
  const FunctionType type = function->type();
  std::vector<Value> values;
  for (size_t i = 0; i < std::min(arguments.size(), type.params.size()); ++i)
    if (auto value = value_of(arguments[i], type.params[i])) values.push_back(std::move(*value));
  if (values.size() != type.params.size() || values.size() != arguments.size())
    return waxwing::v0::fail(
        type.params.empty()
            ? fmt::format("'{}' takes no arguments", name)
            : fmt::format("'{}' takes {}", name,
                          FunctionType{.params = type.params, .results = {}}.text()));
  return function->call(values);
}

ActionResult ScriptHost::get(const Instance& instance, std::string_view name) {
  const Result<Global> global = instance.global(name);
  if (!global) return waxwing::v0::fail(fmt::format("no global '{}' is exported", name));
  return std::vector{global->get()};
}

} // namespace waxwing::script
