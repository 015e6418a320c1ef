// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/module_file.hpp"

#include <algorithm>
#include <string_view>

#include "describe/error_text.hpp"
#include "platform/memory.hpp"
#include "waxwing/file_kind.hpp"
#include "waxwing/image_file.hpp"
#include "waxwing/input_file.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

namespace {

std::string_view source_of(const ModuleFile& file) {
  const std::span<const uint8_t> bytes = file.file.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

namespace {

std::expected<ModuleFile, int> open_as_module(const std::string& path,
                                              platform::MappedFile&& opened, FileForm form,
                                              FeatureSet features) {
  ModuleFile module{path, std::move(opened), {}, false, false, {}};
  if (form == FileForm::binary) return module;
  text::ParseOptions options;
  options.features = features;
  auto binary = text::parse_module(source_of(module), options);
  if (!binary) {
    const text::TextError& wrong = binary.error();
    print_error(fmt::format("{}:{}:{}: {}", path, wrong.line, wrong.column, wrong.message));
    advise_on_text(path);
    return std::unexpected(kExitError);
  }
  module.translated = std::move(binary->bytes);
  module.is_text = true;
  return module;
}

} // namespace

std::expected<ModuleFile, int> open_module(const std::string& path, FeatureSet features) {
  auto opened = open_file(path);
  if (!opened) return std::unexpected(opened.error());
  const auto form = form_of(path, opened->bytes(), Images::refused);
  if (!form) return std::unexpected(form.error());
  return open_as_module(path, std::move(*opened), *form, features);
}

std::expected<ModuleFile, int> open_program(const std::string& path, FeatureSet features) {
  auto opened = open_file(path);
  if (!opened) return std::unexpected(opened.error());
  const auto form = form_of(path, opened->bytes(), Images::taken);
  if (!form) return std::unexpected(form.error());
  if (*form != FileForm::image) return open_as_module(path, std::move(*opened), *form, features);
  ModuleFile file{path, std::move(*opened), {}, false, true, {}};
  const auto image = image::read(file.file.bytes());
  if (!image) return std::unexpected(print_image_error(file, features, image.error()));
  file.inside = image->module;
  return file;
}

SourceMap::SourceMap(const ModuleFile& file, const Module& module) : file_(file), module_(module) {
  if (!file.is_text) return;
  text::ParseOptions options;
  options.features = module.features;
  options.source_map = true;
  if (auto binary = text::parse_module(source_of(file), options))
    map_ = std::move(binary->source_map);
}

std::string SourceMap::place_of(uint32_t offset) const {
  const FuncIndex function = module_.function_at(offset);
  const auto behind = std::ranges::upper_bound(map_, offset, {}, &text::SourceLocation::code);
  if (function == kNoIndex || behind == map_.begin()) return {};
  const text::SourceLocation& found = *(behind - 1);
  if (module_.function_at(found.code) != function) return {};
  const text::Position at = text::position_of(source_of(file_), found.source);
  return fmt::format("{}:{}", at.line, at.column);
}

int print_module_error(const ModuleFile& file, FeatureSet features, const Error& error) {
  // What was refused is decoded once more, as far as it goes, for the names in the message.
  Module module(platform::default_allocator());
  module.bytes = file.bytes();
  module.features = features;
  module.has_no_code = file.is_image;
  [[maybe_unused]] const auto decoded = decode(file.bytes(), features, module);
  std::string place = SourceMap(file, module).place_of(error.offset);
  if (!place.empty()) place += ": ";
  print_error(fmt::format("{}:{}{}", file.path, place, describe::error_text(module, error)));
  switch (error.code) {
  case ErrorCode::feature_disabled:
    print_advice(fmt::format("--features=+{} allows it",
                             describe::feature_text(static_cast<Feature>(error.a))));
    break;
  case ErrorCode::component_not_module: print_advice(component_advice(file.path)); break;
  case ErrorCode::unexpected_end:
  case ErrorCode::length_out_of_bounds:
    if (!file.is_text) advise_on_end(file.bytes().size());
    break;
  default: break;
  }
  return kExitError;
}

} // namespace waxwing::tool
