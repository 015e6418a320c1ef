// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

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

/// Checks one file and says what is wrong; `wrong` is the error of one that could be read.
int check_file(const std::string& path, FeatureSet features, std::optional<Error>& wrong) {
  const auto file = open_module(path, features);
  if (!file) return file.error();
  if (const auto valid = check(file->bytes(), features); !valid) {
    wrong = valid.error();
    return print_module_error(*file, features, valid.error());
  }
  return 0;
}

} // namespace

int execute(const ValidateOptions& options) {
  std::optional<KeepErrors> errors;
  if (options.json) errors.emplace();
  nlohmann::ordered_json report = nlohmann::ordered_json::array();
  int code = 0;
  for (const std::string& path : options.files) {
    std::optional<Error> wrong;
    const int of_file = check_file(path, options.features, wrong);
    if (of_file != 0) code = of_file;
    if (!errors) continue;
    nlohmann::ordered_json entry = {{"file", path}, {"valid", of_file == 0}};
    if (of_file != 0) entry["message"] = errors->take();
    if (wrong) entry["offset"] = wrong->offset;
    report.push_back(std::move(entry));
  }
  if (options.json)
    fmt::print("{}\n", report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  return code;
}

} // namespace waxwing::tool
