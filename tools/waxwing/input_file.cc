// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/input_file.hpp"

#include <cstring>
#include <string_view>
#include <waxwing/module.hpp>

#include "waxwing/file_kind.hpp"
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

} // namespace

std::expected<platform::MappedFile, int> open_file(const std::string& path, bool keeps_open) {
  platform::MappedFile file;
  switch (file.open(path.c_str(), keeps_open)) {
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

std::expected<FileForm, int> form_of(const std::string& path, std::span<const uint8_t> bytes,
                                     Images images) {
  using namespace std::string_view_literals;
  if (starts_with(bytes, "\0asm"sv) && bytes.size() >= 8) return FileForm::binary;
  if (Module::is_image(std::as_bytes(bytes))) {
    if (images == Images::taken) return FileForm::image;
    return std::unexpected(error("{}: this is a compiled image, not a module: 'waxwing run' and "
                                 "'waxwing inspect' take it",
                                 path));
  }
  if (!looks_like_text(bytes))
    return std::unexpected(error("{}: {}", path, what_it_is(path, bytes)));
  if (is_component_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}))
    return std::unexpected(error("{}: this is a component (WASI 0.2), not a module\n  {}", path,
                                 component_advice(path)));
  return FileForm::text;
}

void advise_on_text(const std::string& path) {
  if (path.ends_with(".wast"))
    print_advice(fmt::format("this may be a script: 'waxwing wast {}' runs those", path));
}

void advise_on_end(size_t size) {
  print_advice(fmt::format("the file may have been cut off, it ends at {:#x}: build or copy it "
                           "again",
                           size));
}

} // namespace waxwing::tool
