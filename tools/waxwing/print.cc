// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <fmt/format.h>
#include <waxwing/module.hpp>

#include "waxwing/message.hpp"
#include "waxwing/module_source.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

int execute(const PrintOptions& options) {
  const auto file = open_file(options.file);
  if (!file) return file.error();
  const auto form = form_of(options.file, file->bytes(), Images::refused);
  if (!form) return form.error();
  const Features features = chosen_features(options.features);
  std::span<const std::byte> bytes = std::as_bytes(file->bytes());
  Result<std::vector<std::byte>> translated;
  if (*form == FileForm::text) {
    translated = text_to_binary({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                features, options.file);
    if (!translated) return print_refusal(options.file, bytes.size(), translated.error());
    bytes = *translated;
  }
  // What is not valid can be printed as well.
  Result<std::string> printed = binary_to_text(bytes, features, options.file);
  if (!printed) return print_refusal(options.file, bytes.size(), printed.error());
  if (!printed->ends_with('\n')) *printed += '\n';
  if (!options.output.empty()) return write_output(options.output, *printed);
  if (use_colour(1))
    fmt::print("{}", printable(*printed));
  else
    std::fwrite(printed->data(), 1, printed->size(), stdout);
  return 0;
}

} // namespace waxwing::tool
