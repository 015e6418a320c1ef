// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>
#include <waxwing/script.hpp>

#include "waxwing/compiled_code.hpp"
#include "waxwing/input_file.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_source.hpp"
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

/// How long a script took.
struct Duration {
  std::string path;
  double seconds;
};

/// The longest first, the most that are worth a line.
std::vector<Duration> slowest(std::vector<Duration> durations) {
  constexpr size_t kShown = 5;
  std::ranges::sort(durations, std::ranges::greater(), &Duration::seconds);
  if (durations.size() > kShown) durations.resize(kShown);
  return durations;
}

double total_seconds(const std::vector<Duration>& durations) {
  double sum = 0;
  for (const Duration& duration : durations) sum += duration.seconds;
  return sum;
}

Json stats_json(const ScriptStats& stats, const std::vector<Duration>& durations) {
  Json commands = Json::object();
  for (const auto& [command, count] : stats.commands)
    if (count != 0) commands[std::string(command)] = count;
  Json slow = Json::array();
  for (const Duration& duration : slowest(durations))
    slow.push_back({{"file", duration.path}, {"seconds", duration.seconds}});
  return {{"commands", std::move(commands)},
          {"modules", stats.modules},
          {"module_bytes", stats.module_bytes},
          {"seconds", total_seconds(durations)},
          {"slowest", std::move(slow)}};
}

void print_stats(const ScriptStats& stats, const std::vector<Duration>& durations) {
  for (const auto& [command, count] : stats.commands)
    if (count != 0) fmt::print("{:>9} {}\n", count, command);
  fmt::print("{:>9} modules in the binary format, {} bytes\n", stats.modules, stats.module_bytes);
  fmt::print("{:>9.3f} seconds for {} script{}, the longest:\n", total_seconds(durations),
             durations.size(), durations.size() == 1 ? "" : "s");
  for (const Duration& duration : slowest(durations))
    fmt::print("{:>9.3f} {}\n", duration.seconds, duration.path);
}

std::string counts_text(const ScriptReport& report) {
  return fmt::format("{} passed, {} failed, {} skipped", report.passed, report.failed,
                     report.skipped);
}

} // namespace

int execute(const WastOptions& options) {
  ScriptOptions script_options;
  script_options.config.features = chosen_features(options.features);
  script_options.config.signals = options.code.signals ? Signals::on : Signals::off;
  script_options.limits.gc_stress = options.gc_stress;
  script_options.strict_messages = options.strict_messages;
  if (options.engine == EngineKind::aot) {
    const waxwing::CompileOptions wanted = compile_options(options.code);
    // Once, instead of at every module.
    if (const auto compiler = compile_cpus(); !compiler)
      return print_error(compiler.error().message);
    script_options.prepare = [wanted](const Module& module) {
      return with_machine_code(module, wanted);
    };
  }
  ScriptReport total;
  std::vector<Duration> durations;
  Json files = Json::array();
  for (const std::string& path : find_scripts(options.paths)) {
    const auto file = open_file(path);
    if (!file) {
      ++total.errors;
      continue;
    }
    const std::span<const uint8_t> bytes = file->bytes();
    const auto begin = std::chrono::steady_clock::now();
    const ScriptReport report =
        run_script(path, std::string(bytes.begin(), bytes.end()), script_options);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    durations.push_back({path, took.count()});
    total.add(report);
    if (options.json) {
      Json entry = {{"file", path}};
      entry.update(counts_json(report));
      entry["complaints"] = report.complaints;
      entry["notes"] = report.notes;
      files.push_back(std::move(entry));
      continue;
    }
    for (const std::string& complaint : report.complaints) fmt::print("{}\n", printable(complaint));
    for (const std::string& note : report.notes) fmt::print("{}\n", printable(note));
    if (options.verbose) {
      fmt::print("{}: {}", path, counts_text(report));
      if (report.errors != 0) fmt::print(", {} errors", report.errors);
      fmt::print("\n");
    }
  }
  if (options.json) {
    Json out = counts_json(total);
    out["files"] = std::move(files);
    if (options.stats) out["stats"] = stats_json(total.stats, durations);
    fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    if (options.stats) print_stats(total.stats, durations);
    if (total.errors != 0)
      fmt::print("errors: {} (modules, actions or scripts that failed outside of an assertion)\n",
                 total.errors);
    fmt::print("{}\n", counts_text(total));
  }
  return total.failed != 0 || total.errors != 0 ? kExitError : 0;
}

} // namespace waxwing::tool
