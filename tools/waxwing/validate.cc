// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/memory.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

Result<void> check(std::span<const uint8_t> bytes, FeatureSet features) {
  Module module(platform::default_allocator());
  TRY(decode(bytes, features, module));
  return waxwing::validate(module);
}

} // namespace

int execute(const ValidateOptions& options) {
  int code = 0;
  for (const std::string& path : options.files) {
    const auto file = open_module(path, options.features);
    if (!file) {
      code = file.error();
      continue;
    }
    if (const auto valid = check(file->bytes(), options.features); !valid)
      code = print_module_error(*file, options.features, valid.error());
  }
  return code;
}

} // namespace waxwing::tool
