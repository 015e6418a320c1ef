// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "waxwing/message.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/script_runner.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

using Json = nlohmann::ordered_json;

/// The scripts that the command line names: files as they are, and every `.wast` under a folder, in
/// the order of their names.
std::vector<std::string> find_scripts(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> scripts;
  for (const std::string& path : paths) {
    std::error_code failed;
    if (!fs::is_directory(path, failed)) {
      scripts.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    auto entry = fs::recursive_directory_iterator(
        path, fs::directory_options::skip_permission_denied, failed);
    for (; !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed))
      if (entry->path().extension() == ".wast") found.push_back(entry->path().string());
    std::ranges::sort(found);
    if (found.empty()) print_labelled("warning", fmt::format("{}: no .wast files in it", path));
    scripts.insert(scripts.end(), found.begin(), found.end());
  }
  return scripts;
}

Json counts_json(const ScriptReport& report) {
  return {{"passed", report.passed},
          {"failed", report.failed},
          {"skipped", report.skipped},
          {"errors", report.errors}};
}

std::string counts_text(const ScriptReport& report) {
  return fmt::format("{} passed, {} failed, {} skipped", report.passed, report.failed,
                     report.skipped);
}

} // namespace

int execute(const WastOptions& options) {
  const ScriptOptions script_options{options.features, options.strict_messages, options.gc_stress};
  ScriptReport total;
  Json files = Json::array();
  for (const std::string& path : find_scripts(options.paths)) {
    const auto file = open_file(path);
    if (!file) {
      ++total.errors;
      continue;
    }
    const std::span<const uint8_t> bytes = file->bytes();
    const ScriptReport report =
        run_script(path, std::string(bytes.begin(), bytes.end()), script_options);
    total.passed += report.passed;
    total.failed += report.failed;
    total.skipped += report.skipped;
    total.errors += report.errors;
    if (options.json) {
      Json entry = {{"file", path}};
      entry.update(counts_json(report));
      entry["complaints"] = report.complaints;
      files.push_back(std::move(entry));
      continue;
    }
    for (const std::string& complaint : report.complaints) fmt::print("{}\n", printable(complaint));
    if (options.verbose) {
      fmt::print("{}: {}", path, counts_text(report));
      if (report.errors != 0) fmt::print(", {} errors", report.errors);
      fmt::print("\n");
    }
  }
  if (options.json) {
    Json out = counts_json(total);
    out["files"] = std::move(files);
    fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    if (total.errors != 0)
      fmt::print("errors: {} (modules, actions or scripts that failed outside of an assertion)\n",
                 total.errors);
    fmt::print("{}\n", counts_text(total));
  }
  return total.failed != 0 || total.errors != 0 ? kExitError : 0;
}

} // namespace waxwing::tool
