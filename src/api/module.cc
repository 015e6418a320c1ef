// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

namespace {

using runtime::LoadedModule;

/// The type of whatever `kind` and `index` name in a module.
ExternType extern_type(const LoadedModule& loaded, core::ExternKind kind, uint32_t index) {
  const core::Module& module = loaded.module();
  const runtime::TypeRegistry& types = loaded.engine().types();
  switch (kind) {
  case core::ExternKind::func: return impl::to_public(types, *loaded.function_type(index));
  case core::ExternKind::table: {
    core::TableType type = module.tables[index].type;
    type.element = runtime::to_registry(type.element, loaded.types());
    return impl::to_public(types, type);
  }
  case core::ExternKind::memory: return impl::to_public(module.memories[index]);
  case core::ExternKind::global: {
    core::GlobalType type = module.globals[index].type;
    type.type = runtime::to_registry(type.type, loaded.types());
    return impl::to_public(types, type);
  }
  case core::ExternKind::tag: break;
  }
  return TagType{impl::to_public(types, loaded.type(module.tags[index].type)->params)};
}

std::string extern_text(const core::Module& module, core::ExternKind kind, uint32_t index) {
  const std::string type = describe::extern_type_text(module, kind, index);
  return fmt::format("({}{}{})", describe::kind_text(kind), type.empty() ? "" : " ", type);
}

} // namespace

Module::Module(std::shared_ptr<impl::ModuleState> state) : state_(std::move(state)) {}
Module::~Module() = default;
Module::Module(const Module&) = default;
Module::Module(Module&&) noexcept = default;
Module& Module::operator=(const Module&) = default;
Module& Module::operator=(Module&&) noexcept = default;

Result<Module> Module::from_bytes(const Engine& engine, std::span<const std::byte> bytes,
                                  const ModuleOptions& options) {
  auto state = std::make_shared<impl::ModuleState>(impl::EngineState::of(engine), options.name);
  state->hold(bytes, options);
  return impl::ModuleState::load(std::move(state));
}

Engine Module::engine() const { return impl::EngineState::handle(state_->engine); }

std::string_view Module::name() const { return state_->name; }

std::span<const std::byte> Module::bytes() const { return std::as_bytes(state_->source_bytes()); }

std::vector<ImportType> Module::imports() const {
  std::vector<ImportType> out;
  for (const core::Import& i : state_->module().imports)
    out.push_back({.module = std::string(i.module),
                   .name = std::string(i.name),
                   .type = extern_type(*state_->loaded, i.kind, i.index),
                   .text = extern_text(state_->module(), i.kind, i.index)});
  return out;
}

std::vector<ExportType> Module::exports() const {
  std::vector<ExportType> out;
  for (const core::Export& e : state_->module().exports)
    out.push_back({.name = std::string(e.name),
                   .type = extern_type(*state_->loaded, e.kind, e.index),
                   .text = extern_text(state_->module(), e.kind, e.index)});
  return out;
}

std::optional<ExternType> Module::export_type(std::string_view name) const {
  const core::Export* found = state_->module().find_export(name);
  if (found == nullptr) return std::nullopt;
  return extern_type(*state_->loaded, found->kind, found->index);
}

std::vector<Section> Module::sections() const {
  return impl::list_sections(state_->source_bytes());
}

std::optional<std::span<const std::byte>> Module::custom_section(std::string_view name) const {
  const core::Module& module = state_->module();
  for (const CustomSection& section : module.customs)
    if (section.name == name) return std::as_bytes(module.slice(section.bytes));
  return std::nullopt;
}

bool Module::is_compiled() const { return state_->is_image; }

std::string Module::function_name(uint32_t index) const { return state_->function_name(index); }

bool Module::has_start() const { return state_->module().has_start; }

std::optional<uint32_t> Module::function_at(uint32_t offset) const {
  const FuncIndex function = state_->source_module().function_at(offset);
  if (function == kNoIndex) return std::nullopt;
  return function;
}

std::optional<Position> Module::position(uint32_t offset) const { return state_->position(offset); }

namespace impl {

ModuleState::~ModuleState() {
  names.reset();
  if (loaded != nullptr) loaded->release();
}

std::string_view reason(platform::FileStatus status) {
  switch (status) {
  case platform::FileStatus::not_found: return "there is no such file";
  case platform::FileStatus::no_permission: return "no permission to read it";
  case platform::FileStatus::is_directory: return "this is a folder; name a module in it";
  case platform::FileStatus::no_memory: return "there is not enough memory to read it";
  case platform::FileStatus::ok:
  case platform::FileStatus::failed: break;
  }
  return "cannot be read";
}

void ModuleState::hold(std::span<const std::byte> given, const ModuleOptions& options) {
  const auto* data = reinterpret_cast<const uint8_t*>(given.data());
  bytes = {data, given.size()};
  owner = options.owner;
  find_lines = options.find_lines;
  private_pages = options.private_pages && owner != nullptr;
  image_file = private_pages ? options.image_file : -1;
  folder = options.folder;
  if (owner != nullptr) return;
  storage.assign(data, data + given.size());
  bytes = storage;
}

Result<Module> ModuleState::load(std::shared_ptr<ModuleState> state) {
  if (image::is_image(state->bytes))
    return refuse(ErrorKind::image,
                  fmt::format("{}: this is a compiled image, which is machine code: those whose "
                              "maker is trusted are taken by `from_image`",
                              state->name));
  auto loaded = LoadedModule::load(state->engine->engine, state->bytes);
  if (!loaded) return std::unexpected(state->error(loaded.error()));
  state->loaded = *loaded;
  return Module(std::move(state));
}

Module ModuleState::handle(std::shared_ptr<ModuleState> state) { return Module(std::move(state)); }

Error ModuleState::error(const core::Error& wrong) const {
  // What was refused is decoded once more, as far as it goes, for the names in the message.
  const core::FeatureSet features = EngineState::features(engine->config.features);
  core::Module partial(platform::default_allocator());
  partial.bytes = bytes;
  partial.features = features;
  partial.has_no_code = is_image;
  [[maybe_unused]] const auto decoded = decode(bytes, features, partial);

  std::optional<Position> at;
  if (locate != nullptr) {
    ModuleState copy(engine, name);
    copy.bytes = bytes;
    copy.source = source;
    at = locate(copy, wrong.offset);
  }
  return module_error(name, partial, wrong, at);
}

Error module_error(std::string_view name, const core::Module& module, const core::Error& wrong,
                   const std::optional<Position>& at) {
  const std::string place = at ? fmt::format("{}:{}: ", at->line, at->column) : std::string();
  Error error = make_error(
      wrong.code, fmt::format("{}:{}{}", name, place, describe::error_text(module, wrong)));
  error.reason = describe::error_text(wrong);
  error.offset = wrong.offset;
  error.position = at;
  if (wrong.code == core::ErrorCode::feature_disabled)
    error.feature = describe::feature_text(static_cast<core::Feature>(wrong.a));
  return error;
}

std::string ModuleState::function_name(uint32_t index) {
  if (origin != nullptr) return origin->function_name(index);
  const std::lock_guard guard(lazy);
  if (names == nullptr) names = std::make_unique<describe::FunctionNames>(module());
  return names->name_of(index);
}

std::optional<Position> ModuleState::position(uint32_t offset) {
  if (origin != nullptr) return origin->position(offset);
  if (locate == nullptr) return std::nullopt;
  const std::lock_guard guard(lazy);
  return locate(*this, offset);
}

} // namespace impl
} // namespace waxwing::inline v0
