// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>
#include <waxwing/native.hpp>
#include <waxwing/script.hpp>

#include "waxwing/compiled_code.hpp"
#include "waxwing/input_file.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_source.hpp"
#include "waxwing/native_link.hpp"
#include "waxwing/other_compiler.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/verbs.hpp"
#include "waxwing/work_folder.hpp"

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

/// Makes the libraries for `ScriptOptions::library`. Thread-safe.
class Libraries {
 public:
  explicit Libraries(const CodeOptions& code) : code_(compile_options(code)) {}

  /// Looks for all that it needs once, instead of at every module. What is missing is printed; the
  /// other side is the exit code.
  std::expected<void, int> prepare() {
    target_ = find_native_target({});
    if (target_ == nullptr)
      return std::unexpected(error("native libraries can't be made for this machine"));
    auto runtime = native_runtime(*target_, NativeRuntime::shared);
    if (!runtime) return std::unexpected(error("{}", runtime.error()));
    runtime_ = std::move(*runtime);
    if (folder_.path().empty())
      return std::unexpected(error("there is no folder for temporary files"));
    return {};
  }

  Result<std::string> make(const Module& module, const std::string& prefix) {
    const auto image = waxwing::compile(module, code_);
    if (!image) return std::unexpected(image.error());
    const NativeSettings settings{
        .name = prefix, .prefix = prefix, .options = {}, .instances = {"*"}};
    const auto object = native_object(module, *image, settings);
    if (!object) return std::unexpected(object.error());
    std::string path = fmt::format("{}/{}", folder_.path(), number_++);
    const std::string input = path + ".o";
    if (write_output(input, *object) != 0) return fail("the object cannot be written");
    NativeOptions options;
    options.emit = NativeEmit::shared;
    options.share_runtime = true;
    options.output = path;
    auto words = link_words(*target_, options, input, {}, runtime_, path);
    if (!words) return fail(words.error());
    // Threads cost more than they gain where there is so little.
    words->emplace_back("--threads=1");
    const auto linked = native_link(*words);
    std::error_code ignored;
    std::filesystem::remove(input, ignored);
    if (!linked) return std::unexpected(linked.error());
    return path;
  }

 private:
  static std::unexpected<Error> fail(std::string text) { return waxwing::fail(std::move(text)); }

  waxwing::CompileOptions code_;
  const NativeTarget* target_ = nullptr;
  std::string runtime_;
  WorkFolder folder_;
  std::atomic<unsigned> number_{0};
};

} // namespace

int execute(const WastOptions& options) {
  if (options.code.asks()) return print_processors(options.code, {});
  ScriptOptions script_options;
  script_options.config.features = chosen_features(options.features);
  script_options.config.signals = options.code.signals ? Signals::on : Signals::off;
  script_options.limits.gc_stress = options.gc_stress;
  script_options.strict_messages = options.strict_messages;
  std::optional<Libraries> libraries;
  if (options.engine == EngineKind::native) {
    if (options.gc_stress) return error("--gc-stress: native libraries have no such thing");
    if (const auto ready = libraries.emplace(options.code).prepare(); !ready) return ready.error();
    script_options.make_library = [&](const Module& module, const std::string& prefix) {
      return libraries->make(module, prefix);
    };
  }
  std::optional<OtherCompiler> other;
  if (!options.compiler.empty()) {
    if (options.engine != EngineKind::aot) return error("--compiler is for --engine=aot");
    other.emplace(options.compiler, options.code);
    script_options.prepare = [&](const Module& module) { return other->compile(module); };
  } else if (options.engine != EngineKind::interp) {
    const waxwing::CompileOptions wanted = compile_options(options.code);
    // Once, instead of at every module.
    if (const auto compiler = compile_cpus(); !compiler)
      return print_error(compiler.error().message);
    if (options.engine == EngineKind::aot)
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
