// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/module_file.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "describe/error_text.hpp"
#include "platform/memory.hpp"
#include "waxwing/file_kind.hpp"
#include "waxwing/image_file.hpp"
#include "waxwing/message.hpp"
#include "waxwing/nearby_files.hpp"

namespace waxwing::tool {

namespace {

bool starts_with(std::span<const uint8_t> bytes, std::string_view start) {
  return bytes.size() >= start.size() && std::memcmp(bytes.data(), start.data(), start.size()) == 0;
}

/// Whether bytes that are no binary module can be meant as text: a parenthesis or a comment comes
/// first.
bool looks_like_text(std::span<const uint8_t> bytes) {
  for (uint8_t c : bytes) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    return c == '(' || c == ';';
  }
  return false;
}

std::string_view source_of(const ModuleFile& file) {
  const std::span<const uint8_t> bytes = file.file.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

std::expected<platform::MappedFile, int> open_file(const std::string& path) {
  platform::MappedFile file;
  switch (file.open(path.c_str())) {
  case platform::FileStatus::ok: return file;
  case platform::FileStatus::not_found:
    return std::unexpected(error("{}: there is no such file{}", path, instead_of(path)));
  case platform::FileStatus::no_permission:
    return std::unexpected(error("{}: no permission to read it", path));
  case platform::FileStatus::is_directory:
    return std::unexpected(error("{}: this is a folder{}", path, modules_in(path)));
  case platform::FileStatus::no_memory:
    return std::unexpected(error("{}: there is not enough memory to read it", path));
  case platform::FileStatus::failed: break;
  }
  return std::unexpected(error("{}: cannot be read", path));
}

namespace {

std::expected<ModuleFile, int> open_as_module(const std::string& path,
                                              platform::MappedFile&& opened, FeatureSet features) {
  ModuleFile module{path, std::move(opened), {}, false, false, {}};
  const std::span<const uint8_t> bytes = module.file.bytes();
  using namespace std::string_view_literals;
  if (starts_with(bytes, "\0asm"sv) && bytes.size() >= 8) return module;
  if (!looks_like_text(bytes))
    return std::unexpected(error("{}: {}", path, what_it_is(path, bytes)));
  if (is_component_text(source_of(module)))
    return std::unexpected(error("{}: this is a component (WASI 0.2), not a module\n  {}", path,
                                 component_advice(path)));
  text::ParseOptions options;
  options.features = features;
  auto binary = text::parse_module(source_of(module), options);
  if (!binary) {
    const text::TextError& wrong = binary.error();
    print_error(fmt::format("{}:{}:{}: {}", path, wrong.line, wrong.column, wrong.message));
    if (path.ends_with(".wast"))
      print_advice(fmt::format("this may be a script: 'waxwing wast {}' runs those", path));
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
  if (image::is_image(opened->bytes()))
    return std::unexpected(error("{}: this is a compiled image, not a module: 'waxwing run' and "
                                 "'waxwing inspect' take it",
                                 path));
  return open_as_module(path, std::move(*opened), features);
}

std::expected<ModuleFile, int> open_program(const std::string& path, FeatureSet features) {
  auto opened = open_file(path);
  if (!opened) return std::unexpected(opened.error());
  if (!image::is_image(opened->bytes())) return open_as_module(path, std::move(*opened), features);
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
    if (!file.is_text)
      print_advice(fmt::format("the file may have been cut off, it ends at {:#x}: build or copy it "
                               "again",
                               file.bytes().size()));
    break;
  default: break;
  }
  return kExitError;
}

} // namespace waxwing::tool
