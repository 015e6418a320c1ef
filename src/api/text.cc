// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules in the text format, and files, which may be that.
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

namespace {

using impl::ModuleState;

text::ParseOptions parse_options(const ModuleState& state, bool source_map) {
  text::ParseOptions options;
  options.features = impl::EngineState::features(state.engine->config.features);
  options.source_map = source_map;
  return options;
}

/// The place of the instruction at `offset`; for an `end` that isn't written, of the one before it.
/// The map is made when it is first needed, by translating the text once more.
std::optional<Position> locate(ModuleState& state, uint32_t offset) {
  if (!state.has_source_map) {
    state.has_source_map = true;
    if (auto binary = text::parse_module(state.source, parse_options(state, true)))
      state.source_map = std::move(binary->source_map);
  }
  core::Module partial(platform::default_allocator());
  const core::Module* module = &partial;
  if (state.loaded != nullptr) {
    module = &state.module();
  } else {
    partial.bytes = state.bytes;
    [[maybe_unused]] const auto decoded =
        decode(state.bytes, impl::EngineState::features(state.engine->config.features), partial);
  }
  const FuncIndex function = module->function_at(offset);
  const auto behind =
      std::ranges::upper_bound(state.source_map, offset, {}, &text::SourceLocation::code);
  if (function == kNoIndex || behind == state.source_map.begin()) return std::nullopt;
  const text::SourceLocation& found = *(behind - 1);
  if (module->function_at(found.code) != function) return std::nullopt;
  const text::Position at = text::position_of(state.source, found.source);
  return Position{at.line, at.column};
}

Error text_error(std::string_view name, const text::TextError& wrong) {
  Error error = impl::make_error(
      ErrorKind::text, fmt::format("{}:{}:{}: {}", name, wrong.line, wrong.column, wrong.message));
  error.position = Position{wrong.line, wrong.column};
  return error;
}

Result<Module> translate(std::shared_ptr<ModuleState> state) {
  auto binary = text::parse_module(state->source, parse_options(*state, false));
  if (!binary) return std::unexpected(text_error(state->name, binary.error()));
  state->storage = std::move(binary->bytes);
  state->bytes = state->storage;
  state->locate = &locate;
  return ModuleState::load(std::move(state));
}

std::string_view as_text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Whether bytes that are no binary module can be meant as text: a parenthesis or a comment comes
/// first.
bool looks_like_text(std::string_view bytes) {
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (bytes[first] == '(' || bytes[first] == ';');
}

} // namespace

Result<Module> Module::from_text(const Engine& engine, std::string_view text,
                                 const ModuleOptions& options) {
  auto state = std::make_shared<ModuleState>(impl::EngineState::of(engine), options.name);
  state->owner = options.owner;
  if (state->owner == nullptr) {
    state->source_storage = text;
    text = state->source_storage;
  }
  state->source = text;
  return translate(std::move(state));
}

Result<Module> Module::from_file(const Engine& engine, const std::string& path) {
  auto state = std::make_shared<ModuleState>(impl::EngineState::of(engine), path);
  if (const platform::FileStatus status = state->file.open(path.c_str());
      status != platform::FileStatus::ok)
    return impl::refuse(ErrorKind::io, fmt::format("{}: {}", path, impl::reason(status)));
  const std::string_view content = as_text(state->file.bytes());
  if (looks_like_text(content)) {
    state->source = content;
    return translate(std::move(state));
  }
  state->bytes = state->file.bytes();
  return ModuleState::load(std::move(state));
}

Result<std::string> Module::print() const {
  auto printed = text::print_module(state_->module());
  if (!printed) return std::unexpected(state_->error(printed.error()));
  return std::move(*printed);
}

Result<std::vector<std::byte>> text_to_binary(std::string_view text, const Features& features,
                                              std::string_view name) {
  text::ParseOptions options;
  options.features = impl::EngineState::features(features);
  auto binary = text::parse_module(text, options);
  if (!binary) return std::unexpected(text_error(name, binary.error()));
  const auto bytes = std::as_bytes(std::span(binary->bytes));
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

Result<std::string> binary_to_text(std::span<const std::byte> bytes, const Features& features,
                                   std::string_view name) {
  const core::FeatureSet allowed = impl::EngineState::features(features);
  const std::span<const uint8_t> data(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  core::Module module(platform::default_allocator());
  module.bytes = data;
  module.features = allowed;
  if (const auto decoded = decode(data, allowed, module); !decoded)
    return std::unexpected(impl::module_error(name, module, decoded.error()));
  auto printed = text::print_module(module);
  if (!printed) return std::unexpected(impl::module_error(name, module, printed.error()));
  return std::move(*printed);
}

} // namespace waxwing::inline v0
