// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <waxwing/debug.hpp>
#include <waxwing/symbolize.hpp>
#include <waxwing/waxwing.hpp>

#include "platform/host_thread.hpp"
#include "waxwing/compiled_code.hpp"
#include "waxwing/file_kind.hpp"
#include "waxwing/gc_report.hpp"
#include "waxwing/guest_world.hpp"
#include "waxwing/link_error.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_path.hpp"
#include "waxwing/module_source.hpp"
#include "waxwing/nearest.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/run_report.hpp"
#include "waxwing/trap_report.hpp"
#include "waxwing/value_words.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

/// Bodies are checked at load while that takes a few milliseconds.
constexpr uint32_t kLazyAbove = 1 << 20;

Config engine_config(const RunOptions& options) {
  Config config;
  config.features = chosen_features(options.features);
  config.metering = options.fuel.has_value();
  config.signals = options.code.signals ? Signals::on : Signals::off;
  config.deterministic = options.deterministic;
  using Wanted = tool::Validation;
  config.validation =
      options.validation == Wanted::eager ? waxwing::Validation::eager : waxwing::Validation::lazy;
  if (options.validation == Wanted::automatic) config.eager_up_to = kLazyAbove;
  return config;
}

Limits store_limits(const RunOptions& options) {
  Limits limits;
  limits.fuel = options.fuel;
  limits.memory_bytes = options.memory_bytes;
  if (options.stack_bytes) limits.stack_bytes = *options.stack_bytes;
  if (options.gc_heap_bytes) limits.gc_heap_bytes = *options.gc_heap_bytes;
  limits.gc_stress = options.gc_stress;
  if (options.table_elements) limits.table_elements = *options.table_elements;
  return limits;
}

bool imports_wasi(const Module& module) {
  return std::ranges::any_of(module.imports(), [](const ImportType& i) {
    return i.module == "wasi_snapshot_preview1" || i.module == "wasi_unstable";
  });
}

std::vector<std::string> function_names(const Module& module) {
  std::vector<std::string> names;
  for (ExportType& item : module.exports())
    if (std::holds_alternative<FunctionType>(item.type)) names.push_back(std::move(item.name));
  return names;
}

std::string exported_functions(const Module& module) {
  constexpr size_t kShown = 12;
  const std::vector<std::string> names = function_names(module);
  if (names.empty()) return "it exports no functions";
  std::string out = "it exports ";
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : ", ", names[i]);
  if (names.size() > kShown) out += fmt::format(" and {} more", names.size() - kShown);
  return out;
}

/// One run of a module, from its file to an exit code. Steps return the exit code where they end
/// it, and have said why.
class Run {
 public:
  explicit Run(const RunOptions& options) : options_(options), engine_(engine_config(options)) {}
  Run(const Run&) = delete;

  int execute();
  /// How it has ended but for the exit code, after `execute`.
  [[nodiscard]] RunEnd& end() { return end_; }
  [[nodiscard]] const NumberedObjects* objects() const { return objects_.get(); }

 private:
  using Step = std::expected<void, int>;

  Step make_store();
  Step provide_wasi(const Module& module);
  Step link(const std::string& name, const std::string& path);
  Step link_modules();
  Step provide_threads(const Module& module);
  /// Links the modules in --module-path that `module` imports from.
  Step find_imports(const Module& module);
  std::expected<Instance, int> instantiate(const Module& module, const std::string& path);
  int call_entry(const Instance& instance);
  int invoke(const Instance& instance, const std::string& name);
  /// The exit code of the program, whose first thread has ended so.
  int finish(Result<void> ended);
  void hint_at_folders() const;
  /// Where instructions of a module stand in its source, by its debug information.
  SourceLines lines_of(const Module& module, std::span<const uint32_t> offsets);
  void write_core_dump(const std::string& path) const;
  /// Tells profilers and debuggers of a module that was loaded.
  void show_code(const Module& module);
  void write_perf_map();
  std::expected<Module, int> load(const std::string& path);

  const RunOptions& options_;
  Engine engine_;
  /// Outlives the store, whose guest uses it.
  std::optional<GuestWorld> world_;
  // There from `make_store` on.
  std::unique_ptr<Store> store_;
  std::unique_ptr<Linker> linker_;
  std::unique_ptr<NumberedObjects> objects_;
  std::optional<GcReport> gc_report_;
  /// Names and modules of `--link`.
  std::vector<std::pair<std::string, Module>> links_;
  /// What profilers are told of all modules.
  std::string perf_map_;
  std::vector<DebuggerEntry> debugger_;
  /// Names that were looked for in --module-path.
  std::vector<std::string> wanted_;
  /// Why there are no source lines in a trace, where there could be.
  std::string no_lines_;
  RunEnd end_;
};

std::expected<Module, int> Run::load(const std::string& path) {
  auto module = load_module(engine_, path, Images::taken, nullptr,
                            [this](const Module& of, std::span<const uint32_t> offsets) {
                              return lines_of(of, offsets);
                            });
  if (!module) return module;
  if (!module->is_compiled() && options_.engine == EngineKind::aot)
    module = with_compiled_code(*module, options_);
  if (module) show_code(*module);
  return module;
}

void Run::show_code(const Module& module) {
  if (!module.is_compiled()) {
    if (options_.perf || options_.debug)
      print_labelled("note", fmt::format("{}: it is interpreted, and {} is for compiled code: "
                                         "--engine=aot compiles it",
                                         module.name(), options_.perf ? "--perf" : "--debug"));
    return;
  }
  if (options_.perf) {
    perf_map_ += perf_map(module);
    write_perf_map();
  }
  if (!options_.debug) return;
  if (Result<DebuggerEntry> entry = tell_debugger(module); entry)
    debugger_.push_back(std::move(*entry));
  else
    print_labelled("note", entry.error().message);
}

/// A profile without names is still one: the run goes on where the file can't be written.
void Run::write_perf_map() {
  const std::string path = fmt::format("/tmp/perf-{}.map", platform::current_process());
  // Others may write to the folder: the file is a new one.
  std::remove(path.c_str());
  std::FILE* const file = std::fopen(path.c_str(), "wx");
  const bool is_open = file != nullptr;
  const bool is_whole =
      is_open && std::fwrite(perf_map_.data(), 1, perf_map_.size(), file) == perf_map_.size();
  if ((is_open && std::fclose(file) != 0) || !is_whole)
    print_labelled("note", fmt::format("--perf: {} cannot be written", path));
}

SourceLines Run::lines_of(const Module& module, std::span<const uint32_t> offsets) {
  // The file with debug information is that of the program.
  const DebugInfo debug{.file = module.name() == options_.file ? options_.debug_info.value_or("")
                                                               : std::string()};
  Result<SourceLines> found = find_source_lines(module, offsets, debug);
  if (found) return std::move(*found);
  no_lines_ = fmt::format("{}: no lines: {}", module.name(), found.error().message);
  return SourceLines(offsets.size());
}

void Run::write_core_dump(const std::string& path) const {
  OutputFile out(path);
  const uint64_t left_out =
      store_->write_core_dump(options_.file, [&](std::span<const std::byte> bytes) {
        out.write({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
      });
  // What is wrong has been said; the exit code is that of the trap.
  if (out.close() != 0) return;
  print_labelled(
      "note",
      fmt::format("{}: core dump written{}", path,
                  left_out == 0 ? std::string()
                                : fmt::format("; {} bytes of memory had no room in it", left_out)));
}

Run::Step Run::make_store() {
  // Compiled code has its calls on the process's own stack.
  if (options_.stack_bytes) platform::allow_stack(*options_.stack_bytes);
  Result<Store> store = Store::make(engine_, store_limits(options_));
  if (!store) {
    return std::unexpected(
        options_.stack_bytes
            ? error("a stack of {} bytes cannot be had: choose another --stack-size",
                    *options_.stack_bytes)
            : error("there is no memory for the guest's stack: choose a smaller one with "
                    "--stack-size, e.g. 1M"));
  }
  store_ = std::make_unique<Store>(std::move(*store));
  store_->set_trace_style({.most_frames = options_.trace_max.value_or(TraceStyle().most_frames),
                           .values = options_.trace_values});
  linker_ = std::make_unique<Linker>(*store_);
  objects_ = std::make_unique<NumberedObjects>(*store_);
  if (options_.gc_stats) gc_report_.emplace(*store_);
  if (options_.timeout_ms)
    if (!store_->set_timeout(std::chrono::milliseconds(*options_.timeout_ms)))
      return std::unexpected(error("--timeout: no thread can be started to keep the time"));
  return {};
}

Run::Step Run::provide_wasi(const Module& module) {
  if (!imports_wasi(module)) {
    if (!options_.folders.empty() || !options_.environment.empty() || !options_.listen.empty())
      print_labelled("note", fmt::format("{} does not import WASI: --dir, --env and --tcplisten "
                                         "have no effect",
                                         options_.file));
    return {};
  }
  auto world = GuestWorld::make(options_);
  if (!world) return std::unexpected(world.error());
  world_.emplace(std::move(*world));
  if (Result<void> defined = linker_->wasi(world_->config()); !defined)
    return std::unexpected(world_->explain(defined.error()));
  return {};
}

Run::Step Run::link(const std::string& name, const std::string& path) {
  auto module = load(path);
  if (!module) return std::unexpected(module.error());
  if (auto found = find_imports(*module); !found) return found;
  auto instance = instantiate(*module, path);
  if (!instance) return std::unexpected(instance.error());
  links_.emplace_back(name, std::move(*module));
  if (Result<void> defined = linker_->instance(name, *instance); !defined)
    return std::unexpected(print_error(defined.error().message));
  return {};
}

Run::Step Run::link_modules() {
  for (const std::string& link_option : options_.links) {
    const size_t equals = link_option.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == link_option.size())
      return std::unexpected(error("--link {}: write NAME=FILE", link_option));
    if (auto linked = link(link_option.substr(0, equals), link_option.substr(equals + 1)); !linked)
      return linked;
  }
  return {};
}

Run::Step Run::find_imports(const Module& module) {
  if (options_.module_paths.empty()) return {};
  for (const ImportType& import : module.imports()) {
    const std::string& name = import.module;
    const bool is_there = std::ranges::any_of(
        linker_->names(), [&](const Linker::Name& entry) { return entry.module == name; });
    if (is_there || std::ranges::find(wanted_, name) != wanted_.end()) continue;
    const std::string path = find_module(options_.module_paths, name);
    if (path.empty()) continue;
    // A module that is being linked is not looked for again: whoever needs it, needs itself.
    wanted_.push_back(name);
    if (auto linked = link(name, path); !linked) return linked;
  }
  return {};
}

Run::Step Run::provide_threads(const Module& module) {
  if (!module.wants_threads()) return {};
  ThreadConfig config;
  if (options_.max_threads) config.max_threads = *options_.max_threads;
  // The store of another thread is linked as the first one was.
  config.link = [this](Linker& linker) -> Result<void> {
    for (const auto& [name, linked] : links_) {
      Result<Instance> instance = linker.instantiate(linked);
      if (!instance) return std::unexpected(std::move(instance.error()));
      if (Result<void> defined = linker.instance(name, *instance); !defined) return defined;
    }
    return {};
  };
  const Result<void> provided = linker_->threads(module, std::move(config));
  if (provided) return {};
  if (provided.error().limit == LimitKind::memory)
    return std::unexpected(
        error("{}: the memory that it imports is larger than --max-memory allows", options_.file));
  return std::unexpected(print_error(provided.error().message));
}

std::expected<Instance, int> Run::instantiate(const Module& module, const std::string& path) {
  Result<Instance> instance = linker_->instantiate(module);
  if (instance) return *instance;
  Error& wrong = instance.error();
  switch (wrong.kind) {
  case ErrorKind::trap:
  case ErrorKind::exception: return std::unexpected(finish(std::unexpected(std::move(wrong))));
  case ErrorKind::unknown_import:
  case ErrorKind::incompatible_import:
    return std::unexpected(print_error(link_error_text(path, module, *linker_, wrong)));
  default: break;
  }
  if (wrong.limit == LimitKind::memory)
    return std::unexpected(
        error("{}: its memory is larger than --max-memory allows at the start", path));
  if (wrong.limit == LimitKind::addresses)
    return std::unexpected(
        error("{}: the addresses for guard pages (8 GiB for each memory) are refused: allow more "
              "address space (ulimit -v), or compile it with --bounds-checks=explicit",
              path));
  if (wrong.limit == LimitKind::table)
    return std::unexpected(
        error("{}: a table of it is larger than {} allows at the start", path,
              options_.table_elements ? "--max-table" : "the limit of 10,000,000 elements"));
  return std::unexpected(print_error(wrong.message));
}

int Run::invoke(const Instance& instance, const std::string& name) {
  const Result<Func> function = instance.func(name);
  if (!function) {
    const std::vector<std::string> names = function_names(instance.module());
    std::string hint =
        did_you_mean(name, std::vector<std::string_view>(names.begin(), names.end()));
    if (hint.empty()) hint = "; " + exported_functions(instance.module());
    return error("{}: no exported function '{}'{}", options_.file, name, hint);
  }
  const FunctionType type = function->type();
  if (options_.arguments.size() != type.params.size())
    return error("'{}' takes {} argument{}, not {}: {}", name, type.params.size(),
                 type.params.size() == 1 ? "" : "s", options_.arguments.size(),
                 type.params.empty() ? "it has no parameters"
                                     : FunctionType{.params = type.params, .results = {}}.text());
  std::vector<Value> arguments;
  for (size_t i = 0; i < type.params.size(); ++i) {
    auto value = parse_value(type.params[i], options_.arguments[i], *objects_);
    if (!value) return error("argument {} of '{}': {}", i + 1, name, value.error());
    arguments.push_back(std::move(*value));
  }
  Result<std::vector<Value>> results = function->call(arguments);
  if (!results) return finish(std::unexpected(std::move(results.error())));
  if (!options_.json)
    for (const Value& result : *results) fmt::print("{}\n", objects_->text(result));
  end_.results = std::move(*results);
  return finish({});
}

int Run::call_entry(const Instance& instance) {
  if (options_.invoke) return invoke(instance, *options_.invoke);
  const Module module = instance.module();
  if (const Result<Func> start = instance.func("_start")) {
    const auto plain = start->typed<void()>();
    if (!plain) return error("{}: '_start' must take and return nothing", options_.file);
    return finish(plain->call());
  }
  // Nothing more to do for a reactor or a module with a start function.
  if (module.has_start() || module.export_type("_initialize")) return finish({});
  if (std::ranges::find(options_.arguments, "--invoke") != options_.arguments.end())
    return error("{}: options stand before the file; what follows it belongs to the program",
                 options_.file);
  if (module.custom_section(kLinkingSection))
    return error("{}: {}", options_.file, object_file_advice(options_.file));
  return error("{}: it has no '_start' to run; call a function with --invoke NAME ({})",
               options_.file, exported_functions(module));
}

/// A program that ends with an error and was told of files that it cannot see.
void Run::hint_at_folders() const {
  if (!world_ || !options_.folders.empty() || options_.invoke) return;
  for (const std::string& argument : options_.arguments) {
    platform::MappedFile file;
    const auto status =
        argument.starts_with('-') ? platform::FileStatus::not_found : file.open(argument.c_str());
    if (status != platform::FileStatus::ok && status != platform::FileStatus::is_directory)
      continue;
    print_labelled("note", fmt::format("the program was given no folder, so it cannot see '{}'; "
                                       "--dir . gives it the current one",
                                       argument));
    return;
  }
}

int Run::finish(Result<void> ended) {
  ended = store_->end_threads(std::move(ended));
  if (ended) return 0;
  if (const auto code = ended.error().exit_code()) {
    if (*code != 0) hint_at_folders();
    return static_cast<int>(*code & 0xFF);
  }
  if (!options_.json) print_trap(ended.error(), options_, *objects_);
  if (!no_lines_.empty()) print_labelled("note", no_lines_);
  if (options_.core_dump) write_core_dump(*options_.core_dump);
  end_.stopped = std::move(ended.error());
  return kExitTrap;
}

int Run::execute() {
  const auto module = load(options_.file);
  if (!module) return module.error();
  if (auto made = make_store(); !made) return made.error();
  if (auto provided = provide_wasi(*module); !provided) return provided.error();
  if (auto linked = link_modules(); !linked) return linked.error();
  if (auto found = find_imports(*module); !found) return found.error();
  if (auto provided = provide_threads(*module); !provided) return provided.error();
  const auto instance = instantiate(*module, options_.file);
  if (!instance) return instance.error();
  return call_entry(*instance);
}

} // namespace

int execute(const RunOptions& options) {
  if (options.code.asks()) return print_processors(options.code, {});
  if (!options.json) return Run(options).execute();
  KeepErrors errors;
  Run run(options);
  run.end().exit_code = run.execute();
  run.end().error = errors.take();
  fmt::print("{}\n", json_line(run.end(), run.objects()));
  return run.end().exit_code;
}

} // namespace waxwing::tool
