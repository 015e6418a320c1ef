// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <fmt/format.h>

#include "platform/memory.hpp"
#include "text/print.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

int write_file(const std::string& path, std::string_view text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return error("{}: cannot be written", path);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  return written && closed ? 0 : error("{}: not all could be written", path);
}

} // namespace

int execute(const PrintOptions& options) {
  const auto file = open_module(options.file, options.features);
  if (!file) return file.error();
  Module module(platform::default_allocator());
  if (auto decoded = decode(file->bytes(), options.features, module); !decoded)
    return print_module_error(*file, options.features, decoded.error());
  auto printed = text::print_module(module);
  if (!printed) return print_module_error(*file, options.features, printed.error());
  if (!printed->ends_with('\n')) *printed += '\n';
  if (!options.output.empty()) return write_file(options.output, *printed);
  if (use_colour(1))
    fmt::print("{}", printable(*printed));
  else
    std::fwrite(printed->data(), 1, printed->size(), stdout);
  return 0;
}

} // namespace waxwing::tool
