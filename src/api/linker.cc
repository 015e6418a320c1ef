// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/linker.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

using impl::ModuleState;
using impl::StoreState;
using runtime::Outcome;

namespace {

std::string_view noun(core::ExternKind kind) {
  switch (kind) {
  case core::ExternKind::func: return "function";
  case core::ExternKind::table: return "table";
  case core::ExternKind::memory: return "memory";
  case core::ExternKind::global: return "global";
  case core::ExternKind::tag: return "tag";
  }
  return "?";
}

std::string with_type(core::ExternKind kind, const std::string& type) {
  return type.empty() ? std::string(noun(kind)) : fmt::format("{} {}", noun(kind), type);
}

std::string type_text(const runtime::Extern& item) {
  switch (item.kind) {
  case core::ExternKind::func:
    return describe::signature_text(item.func->type->params, item.func->type->results);
  case core::ExternKind::table: return describe::table_type_text(item.table->current_type());
  case core::ExternKind::memory: return describe::memory_type_text(item.memory->current_type());
  case core::ExternKind::global: return describe::global_type_text(item.global->type);
  case core::ExternKind::tag: return describe::signature_text(item.tag->type->params, {});
  }
  return {};
}

runtime::Extern to_core(const Extern& item) {
  runtime::Extern out;
  if (const auto* func = std::get_if<Func>(&item)) {
    out.kind = core::ExternKind::func;
    out.func = static_cast<runtime::FuncRef*>(func->word());
  } else if (const auto* memory = std::get_if<Memory>(&item)) {
    out.kind = core::ExternKind::memory;
    out.memory = static_cast<runtime::Memory*>(memory->word());
  } else if (const auto* table = std::get_if<Table>(&item)) {
    out.kind = core::ExternKind::table;
    out.table = static_cast<runtime::Table*>(table->word());
  } else if (const auto* tag = std::get_if<Tag>(&item)) {
    out.kind = core::ExternKind::tag;
    out.tag = static_cast<runtime::Tag*>(tag->word());
  } else {
    out.kind = core::ExternKind::global;
    out.global = static_cast<runtime::Global*>(std::get<Global>(item).word());
  }
  return out;
}

std::optional<Extern> to_public(StoreState* store, const runtime::Extern& item) {
  switch (item.kind) {
  case core::ExternKind::func: return Func(store, item.func);
  case core::ExternKind::table: return Table(store, item.table);
  case core::ExternKind::memory: return Memory(store, item.memory);
  case core::ExternKind::global: return Global(store, item.global);
  case core::ExternKind::tag: return Tag(store, item.tag);
  }
  return std::nullopt;
}

const StoreState* store_of(const Extern& item) {
  if (const auto* func = std::get_if<Func>(&item)) return func->store();
  if (const auto* memory = std::get_if<Memory>(&item)) return memory->store_state();
  if (const auto* table = std::get_if<Table>(&item)) return table->store_state();
  if (const auto* tag = std::get_if<Tag>(&item)) return tag->store_state();
  return std::get<Global>(item).store_state();
}

Result<void> done(const waxwing::core::Error* wrong) {
  if (wrong == nullptr) return {};
  return impl::refuse(*wrong);
}

runtime::Instance& of(const Instance& instance) {
  return *static_cast<runtime::Instance*>(instance.word());
}

/// Why an import could not be linked.
Error link_error(const ModuleState& state, const runtime::Linker& linker,
                 const core::Error& wrong) {
  const core::Module& module = state.module();
  Error error = impl::make_error(impl::kind_of(wrong.code), {});
  error.reason = describe::error_text({.code = wrong.code});
  if (wrong.offset >= module.imports.size()) {
    error.message = fmt::format("{}: cannot be linked", state.name);
    return error;
  }
  const core::Import& import = module.imports[wrong.offset];
  error.import = wrong.offset;
  error.offset = import.offset;
  const std::string place = fmt::format("{}:{:#x}", state.name, import.offset);
  const std::string wanted =
      with_type(import.kind, describe::extern_type_text(module, import.kind, import.index));
  runtime::Extern found;
  if (linker.find(import.module, import.name, found))
    error.message =
        fmt::format("{}: import {}.{}: incompatible import type: expected {}, found {}", place,
                    import.module, import.name, wanted, with_type(found.kind, type_text(found)));
  else
    error.message = fmt::format("{}: unknown import {}.{}: expected {}, found nothing of that name",
                                place, import.module, import.name, wanted);
  return error;
}

std::string exported(const core::Module& module, core::ExternKind kind) {
  constexpr size_t kShown = 12;
  std::string out;
  size_t count = 0;
  for (const core::Export& e : module.exports) {
    if (e.kind != kind || ++count > kShown) continue;
    out += fmt::format("{}'{}'", out.empty() ? "" : ", ", e.name);
  }
  if (count > kShown) out += fmt::format(" and {} more", count - kShown);
  return out.empty() ? "none" : out;
}

/// The export of that name and kind.
Result<runtime::Extern> find_export(const Instance& instance, std::string_view name,
                                    core::ExternKind kind) {
  runtime::Instance& of_core = of(instance);
  runtime::Extern found;
  if (of_core.find_export(name, found) && found.kind == kind) return found;
  return impl::refuse(ErrorKind::usage, fmt::format("no exported {} '{}'; there are {}", noun(kind),
                                                    name, exported(of_core.module(), kind)));
}

/// An error of the core in making an instance: nearly always a limit, which is about the module as
/// a whole.
Error instantiation_error(const ModuleState& module, const core::Error& wrong) {
  using core::ErrorCode;
  std::string_view text;
  switch (wrong.code) {
  case ErrorCode::memory_limit: text = "its memory is larger than the limit at the start"; break;
  case ErrorCode::table_limit: text = "a table of it is larger than the limit at the start"; break;
  case ErrorCode::out_of_memory: text = "there is not enough memory to instantiate it"; break;
  default: break;
  }
  const std::string words = describe::error_text(wrong);
  Error error =
      impl::make_error(wrong.code, fmt::format("{}: {}", module.name,
                                               text.empty() ? std::string_view(words) : text));
  error.reason = words;
  return error;
}

/// A function of an instance that takes and returns nothing; null where there is none of that name.
const runtime::FuncRef* plain_export(runtime::Instance& instance, std::string_view name) {
  runtime::Extern found;
  if (!instance.find_export(name, found) || found.kind != core::ExternKind::func ||
      found.func->type->call_cells != 0)
    return nullptr;
  return found.func;
}

} // namespace

Linker StoreState::borrow(runtime::Linker& other) {
  return Linker(std::make_unique<Linker::State>(*this, other));
}

Linker::Linker(Store& store) : state_(std::make_unique<State>(*store.state())) {}
Linker::Linker(std::unique_ptr<State> state) : state_(std::move(state)) {}
Linker::~Linker() = default;
Linker::Linker(Linker&&) noexcept = default;
Linker& Linker::operator=(Linker&&) noexcept = default;

Store& Linker::store() const { return *state_->store->self; }

Result<void> Linker::define(std::string_view module, std::string_view name, const Extern& item) {
  if (store_of(item) != state_->store)
    return impl::refuse(ErrorKind::usage,
                        fmt::format("{}.{}: an object of another store, or null", module, name));
  auto defined = state_->linker.define(module, name, to_core(item));
  return done(defined ? nullptr : &defined.error());
}

Result<void> Linker::instance(std::string_view module, const Instance& instance) {
  if (instance.store_state() != state_->store)
    return impl::refuse(ErrorKind::usage, fmt::format("{}: an instance of another store", module));
  auto defined = state_->linker.define_instance(module, of(instance));
  return done(defined ? nullptr : &defined.error());
}

std::vector<Linker::Name> Linker::names() const {
  std::vector<Name> out;
  for (const runtime::Linker::Entry& entry : state_->linker.entries()) {
    const std::string type = type_text(entry.value);
    out.push_back({.module = std::string(entry.module),
                   .name = std::string(entry.name),
                   .text = fmt::format("({}{}{})", describe::kind_text(entry.value.kind),
                                       type.empty() ? "" : " ", type)});
  }
  return out;
}

Result<Instance> Linker::instantiate(const Module& module) {
  StoreState& store = *state_->store;
  const std::shared_ptr<ModuleState>& of_module = ModuleState::of(module);
  if (of_module->engine != store.engine)
    return impl::refuse(ErrorKind::usage,
                        fmt::format("{}: a module of another engine", of_module->name));
  if (std::ranges::find(store.modules, of_module) == store.modules.end())
    store.modules.push_back(of_module);
  Outcome outcome = Outcome::ok;
  // A thread of a guest finds memories that are in use.
  const auto data =
      store.is_joined ? runtime::SharedData::left_alone : runtime::SharedData::written;
  auto made = state_->linker.instantiate(*of_module->loaded, outcome, data);
  if (!made) {
    const core::Error& wrong = made.error();
    if (wrong.code == core::ErrorCode::unknown_import ||
        wrong.code == core::ErrorCode::incompatible_import_type)
      return std::unexpected(link_error(*of_module, state_->linker, wrong));
    return std::unexpected(instantiation_error(*of_module, wrong));
  }
  runtime::Instance& instance = **made;
  if (outcome != Outcome::ok) return std::unexpected(store.failure(outcome));
  if (store.is_joined) return Instance(&store, &instance);
  const core::Module& core_module = instance.module();
  runtime::Cell none{};
  if (core_module.has_start)
    if (Result<void> ran = store.call(instance.func_ref(core_module.start), &none); !ran)
      return std::unexpected(std::move(ran.error()));
  if (const runtime::FuncRef* initialize = plain_export(instance, "_initialize");
      initialize != nullptr)
    if (Result<void> ran = store.call(initialize, &none); !ran)
      return std::unexpected(std::move(ran.error()));
  return Instance(&store, &instance);
}

Result<Func> Instance::func(std::string_view name) const {
  Result<runtime::Extern> found = find_export(*this, name, core::ExternKind::func);
  if (!found) return std::unexpected(std::move(found.error()));
  return Func(store_, found->func);
}

Result<Memory> Instance::memory(std::string_view name) const {
  Result<runtime::Extern> found = find_export(*this, name, core::ExternKind::memory);
  if (!found) return std::unexpected(std::move(found.error()));
  return Memory(store_, found->memory);
}

Result<Table> Instance::table(std::string_view name) const {
  Result<runtime::Extern> found = find_export(*this, name, core::ExternKind::table);
  if (!found) return std::unexpected(std::move(found.error()));
  return Table(store_, found->table);
}

Result<Global> Instance::global(std::string_view name) const {
  Result<runtime::Extern> found = find_export(*this, name, core::ExternKind::global);
  if (!found) return std::unexpected(std::move(found.error()));
  return Global(store_, found->global);
}

Result<Tag> Instance::tag(std::string_view name) const {
  Result<runtime::Extern> found = find_export(*this, name, core::ExternKind::tag);
  if (!found) return std::unexpected(std::move(found.error()));
  return Tag(store_, found->tag);
}

std::optional<Extern> Instance::find(std::string_view name) const {
  runtime::Extern found;
  if (!of(*this).find_export(name, found)) return std::nullopt;
  return to_public(store_, found);
}

Module Instance::module() const {
  const auto found = std::ranges::find(store_->modules, &of(*this).loaded(),
                                       [](const auto& module) { return module->loaded; });
  return ModuleState::handle(*found);
}

Result<uint32_t> Instance::run() const {
  const runtime::FuncRef* start = plain_export(of(*this), "_start");
  if (start == nullptr)
    return impl::refuse(ErrorKind::usage,
                        "no exported function '_start' without parameters and results");
  runtime::Cell none{};
  Result<void> ended = store_->call(start, &none);
  if (store_->threads != nullptr) ended = store_->threads->end(std::move(ended));
  if (ended) return 0;
  if (const std::optional<uint32_t> code = ended.error().exit_code()) return *code;
  return std::unexpected(std::move(ended.error()));
}

} // namespace waxwing::inline v0
