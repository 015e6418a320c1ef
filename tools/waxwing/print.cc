// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <fmt/format.h>

#include "platform/memory.hpp"
#include "text/print.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

int execute(const PrintOptions& options) {
  const auto file = open_module(options.file, options.features);
  if (!file) return file.error();
  Module module(platform::default_allocator());
  if (auto decoded = decode(file->bytes(), options.features, module); !decoded)
    return print_module_error(*file, options.features, decoded.error());
  auto printed = text::print_module(module);
  if (!printed) return print_module_error(*file, options.features, printed.error());
  if (!printed->ends_with('\n')) *printed += '\n';
  if (!options.output.empty()) return write_output(options.output, *printed);
  if (use_colour(1))
    fmt::print("{}", printable(*printed));
  else
    std::fwrite(printed->data(), 1, printed->size(), stdout);
  return 0;
}

} // namespace waxwing::tool
