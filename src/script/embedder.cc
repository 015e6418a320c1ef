// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "script/embedder.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace waxwing::script {

namespace {

/// Shared memories by the names under which a module exports them.
using SharedMemories = std::vector<std::pair<std::string, Memory::Shared>>;

template <class T>
Outcome<void> outcome_of(const Result<T>& result) {
  if (result) return {};
  return std::unexpected(failure_of(result.error()));
}

} // namespace

class Embedder::Guest final : public ScriptInstance {
 public:
  Guest(Embedder& host, Instance own) : instance(std::move(own)), host_(host) {}

  [[nodiscard]] ActionResult invoke(std::string_view name,
                                    std::span<const text::Constant> arguments) override;
  [[nodiscard]] ActionResult get(std::string_view name) override;

  const Instance instance;

 private:
  Embedder& host_;
};

Outcome<void> Embedder::make_store() {
  Result<Store> store = Store::make(engine_, options_.limits);
  if (!store) return outcome_of(store);
  store_ = std::make_unique<Store>(std::move(*store));
  linker_ = std::make_unique<Linker>(*store_);
  return {};
}

Outcome<InstanceHandle> Embedder::instantiate(const Module& module) {
  Result<Instance> made = linker_->instantiate(module);
  if (!made) return std::unexpected(failure_of(made.error()));
  return std::make_shared<Guest>(*this, std::move(*made));
}

Outcome<void> Embedder::register_as(std::string_view name, ScriptInstance& instance) {
  return outcome_of(linker_->instance(name, static_cast<Guest&>(instance).instance));
}

SharedPart Embedder::share(ScriptInstance& from) {
  const Instance& instance = static_cast<Guest&>(from).instance;
  auto out = std::make_shared<SharedMemories>();
  for (ExportType& item : instance.module().exports()) {
    const auto* type = std::get_if<waxwing::v0::MemoryType>(&item.type);
    if (type == nullptr || !type->shared) continue;
    const Result<Memory> memory = instance.memory(item.name);
    if (auto shared = memory ? memory->share() : std::unexpected(memory.error()); shared)
      out->emplace_back(std::move(item.name), std::move(*shared));
  }
  return out;
}

Outcome<void> Embedder::register_shared(std::string_view name, const SharedPart& part) {
  for (const auto& [item, shared] : *static_cast<const SharedMemories*>(part.get())) {
    const Result<Memory> memory = Memory::from(*store_, shared);
    if (!memory) return outcome_of(memory);
    if (auto defined = outcome_of(linker_->define(name, item, *memory)); !defined) return defined;
  }
  return {};
}

ExternRef Embedder::reference(uint32_t number) {
  const auto known = numbered_.find(number);
  if (known != numbered_.end()) return known->second;
  return numbered_[number] = store_->reference(Numbered{number});
}

std::optional<uint32_t> Embedder::number_of(const Value& value) const {
  if (value.object_kind() != ObjectKind::host) return std::nullopt;
  const auto* object = store_->get<Numbered>(value.externref());
  return object == nullptr ? std::nullopt : std::optional(object->number);
}

std::optional<Value> Embedder::value_of(const text::Constant& constant, const ValueType& type) {
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

text::Constant Embedder::constant_of(const Value& value) const {
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

Answer Embedder::answer_of(const Value& value) const {
  Answer answer{.constant = constant_of(value),
                .text = value.type().is_reference() ? "" : value.type().text() + " "};
  answer.text += value.text();
  if (const auto number = number_of(value)) answer.text += fmt::format(" {}", *number);
  return answer;
}

ActionResult Embedder::Guest::invoke(std::string_view name,
                                     std::span<const text::Constant> arguments) {
  const Result<Func> function = instance.func(name);
  if (!function) return refuse(fmt::format("no function '{}' is exported", name));
  const FunctionType type = function->type();
  std::vector<Value> values;
  for (size_t i = 0; i < std::min(arguments.size(), type.params.size()); ++i)
    if (auto value = host_.value_of(arguments[i], type.params[i]))
      values.push_back(std::move(*value));
  if (values.size() != type.params.size() || values.size() != arguments.size())
    return refuse(type.params.empty()
                      ? fmt::format("'{}' takes no arguments", name)
                      : fmt::format("'{}' takes {}", name,
                                    FunctionType{.params = type.params, .results = {}}.text()));
  const auto results = function->call(values);
  if (!results) return std::unexpected(failure_of(results.error()));
  std::vector<Answer> answers;
  for (const Value& value : *results) answers.push_back(host_.answer_of(value));
  return answers;
}

ActionResult Embedder::Guest::get(std::string_view name) {
  const Result<Global> global = instance.global(name);
  if (!global) return refuse(fmt::format("no global '{}' is exported", name));
  return std::vector{host_.answer_of(global->get())};
}

} // namespace waxwing::script
