// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <waxwing/waxwing.hpp>

#include "waxwing/message.hpp"
#include "waxwing/module_source.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

int execute(const ValidateOptions& options) {
  const Engine engine({.features = chosen_features(options.features)});
  std::optional<KeepErrors> errors;
  if (options.json) errors.emplace();
  nlohmann::ordered_json report = nlohmann::ordered_json::array();
  int code = 0;
  for (const std::string& path : options.files) {
    Error why;
    const auto module = load_module(engine, path, Images::refused, &why);
    if (!module) code = module.error();
    if (!errors) continue;
    nlohmann::ordered_json entry = {{"file", path}, {"valid", module.has_value()}};
    if (!module) entry["message"] = errors->take();
    if (!module && why.offset) entry["offset"] = *why.offset;
    report.push_back(std::move(entry));
  }
  if (options.json)
    fmt::print("{}\n", report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  return code;
}

} // namespace waxwing::tool
