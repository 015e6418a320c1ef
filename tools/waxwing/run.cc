// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "describe/core_dump.hpp"
#include "describe/types.hpp"
#include "image/image.hpp"
#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "runtime/linker.hpp"
#include "runtime/watchdog.hpp"
#include "wasi/threads.hpp"
#include "wasi/wasi.hpp"
#include "waxwing/file_kind.hpp"
#include "waxwing/gc_report.hpp"
#include "waxwing/guest_world.hpp"
#include "waxwing/image_file.hpp"
#include "waxwing/link_error.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/module_path.hpp"
#include "waxwing/nearest.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/source_lines.hpp"
#include "waxwing/trap_report.hpp"
#include "waxwing/values.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

using runtime::Cell;
using runtime::Extern;
using runtime::Instance;
using runtime::LoadedModule;
using runtime::Outcome;

/// Bodies are checked at load while that takes a few milliseconds.
constexpr uint32_t kLazyAbove = 1 << 20;

runtime::EngineConfig engine_config(const RunOptions& options) {
  runtime::EngineConfig config;
  config.features = options.features;
  config.metering = options.fuel.has_value();
  config.polling = !options.signals;
  config.deterministic = options.deterministic;
  switch (options.validation) {
  case Validation::automatic: config.lazy_validation_bytes = kLazyAbove; break;
  case Validation::eager: config.lazy_validation_bytes = 0; break;
  case Validation::lazy: config.lazy_validation_bytes = 1; break;
  }
  return config;
}

runtime::StoreLimits store_limits(const RunOptions& options) {
  runtime::StoreLimits limits;
  if (options.fuel) limits.fuel = *options.fuel;
  if (options.memory_bytes) limits.memory_bytes = *options.memory_bytes;
  if (options.stack_bytes) limits.stack_bytes = *options.stack_bytes;
  if (options.gc_heap_bytes) limits.gc_heap_bytes = *options.gc_heap_bytes;
  limits.gc_stress = options.gc_stress;
  if (options.table_elements) limits.table_elements = *options.table_elements;
  return limits;
}

bool imports_wasi(const Module& module) {
  return std::ranges::any_of(module.imports, [](const Import& i) {
    return i.module == "wasi_snapshot_preview1" || i.module == "wasi_unstable";
  });
}

/// One run of a module, from its file to an exit code. Steps return the exit code where they end
/// it, and have said why.
class Run {
 public:
  explicit Run(const RunOptions& options)
      : options_(options),
        engine_(platform::default_allocator(), engine_config(options), interp::backend()),
        wasi_(platform::default_allocator()) {}
  ~Run() {
    watchdog_.reset();
    threads_.reset();
    linker_.reset();
    gc_report_.reset();
    if (store_ != nullptr) runtime::Store::destroy(store_);
    for (LoadedModule* module : modules_) module->release();
  }
  Run(const Run&) = delete;

  int execute();

 private:
  using Step = std::expected<void, int>;

  std::expected<LoadedModule*, int> load(const std::string& path);
  Step make_store();
  Step provide_wasi(const Module& module);
  Step link(const std::string& name, const std::string& path);
  Step link_modules();
  Step provide_threads(LoadedModule& module);
  Result<void> provide_again(runtime::Linker& linker);
  /// Links the modules in --module-path that `module` imports from.
  Step find_imports(const LoadedModule& module);
  std::expected<Instance*, int> instantiate(LoadedModule& module, const std::string& path);
  int call_entry(Instance& instance);
  int invoke(Instance& instance, const std::string& name);
  /// The exit code of the program, whose first thread has ended with `outcome`.
  int finish(Outcome outcome);
  void report(runtime::Store& store, Outcome outcome) const;
  void write_core_dump(const runtime::Store& store, const std::string& path) const;
  [[nodiscard]] std::string exported_functions(const Module& module) const;
  void hint_at_folders() const;

  const RunOptions& options_;
  runtime::Engine engine_;
  std::vector<std::unique_ptr<ModuleFile>> files_;
  std::vector<LoadedModule*> modules_;
  wasi::Wasi wasi_;
  std::optional<GuestWorld> world_;
  runtime::Store* store_ = nullptr;
  std::unique_ptr<runtime::Linker> linker_;
  /// Names and modules of `--link`.
  std::vector<std::pair<std::string, LoadedModule*>> links_;
  std::unique_ptr<wasi::ThreadGroup> threads_;
  std::unique_ptr<GcReport> gc_report_;
  std::unique_ptr<runtime::Watchdog> watchdog_;
  /// Names that were looked for in --module-path.
  std::vector<std::string> wanted_;
  bool has_wasi_ = false;
};

std::expected<LoadedModule*, int> Run::load(const std::string& path) {
  auto opened = open_program(path, options_.features);
  if (!opened) return std::unexpected(opened.error());
  const ModuleFile& file = *files_.emplace_back(std::make_unique<ModuleFile>(std::move(*opened)));
  auto module = file.is_image ? image::load(engine_, file.file.bytes())
                              : LoadedModule::load(engine_, file.bytes());
  if (!module)
    return std::unexpected(file.is_image
                               ? print_image_error(file, options_.features, module.error())
                               : print_module_error(file, options_.features, module.error()));
  modules_.push_back(*module);
  return *module;
}

Run::Step Run::make_store() {
  auto store = runtime::Store::make(engine_, store_limits(options_));
  if (!store) {
    return std::unexpected(
        options_.stack_bytes
            ? error("a stack of {} bytes cannot be had: choose another --stack-size",
                    *options_.stack_bytes)
            : error("there is no memory for the guest's stack: choose a smaller one with "
                    "--stack-size, e.g. 1M"));
  }
  store_ = *store;
  linker_ = std::make_unique<runtime::Linker>(*store_);
  if (options_.gc_stats) gc_report_ = std::make_unique<GcReport>(store_->heap());
  if (options_.timeout_ms) {
    watchdog_ = std::make_unique<runtime::Watchdog>(*store_);
    if (!watchdog_->start(*options_.timeout_ms * 1'000'000))
      return std::unexpected(error("--timeout: no thread can be started to keep the time"));
  }
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
  has_wasi_ = true;
  auto world = GuestWorld::make(options_);
  if (!world) return std::unexpected(world.error());
  if (auto configured = wasi_.configure(world->config()); !configured)
    return std::unexpected(world->explain(configured.error()));
  // The sockets are open as long as the guest runs.
  world_.emplace(std::move(*world));
  if (!wasi_.define(*linker_))
    return std::unexpected(error("WASI cannot be set up: out of memory"));
  return {};
}

Run::Step Run::link(const std::string& name, const std::string& path) {
  auto module = load(path);
  if (!module) return std::unexpected(module.error());
  if (auto found = find_imports(**module); !found) return found;
  auto instance = instantiate(**module, path);
  if (!instance) return std::unexpected(instance.error());
  links_.emplace_back(name, *module);
  if (!linker_->define_instance(links_.back().first, **instance))
    return std::unexpected(error("{}: out of memory", path));
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

Run::Step Run::find_imports(const LoadedModule& module) {
  if (options_.module_paths.empty()) return {};
  for (const Import& import : module.module().imports) {
    const std::string name(import.module);
    const bool is_there = std::ranges::any_of(
        linker_->entries(), [&](const auto& entry) { return entry.module == name; });
    if (is_there || std::ranges::find(wanted_, name) != wanted_.end()) continue;
    const std::string path = find_module(options_.module_paths, name);
    if (path.empty()) continue;
    // A module that is being linked is not looked for again: whoever needs it, needs itself.
    wanted_.push_back(name);
    if (auto linked = link(name, path); !linked) return linked;
  }
  return {};
}

Run::Step Run::provide_threads(LoadedModule& module) {
  if (!wasi::ThreadGroup::is_wanted_by(module.module())) return {};
  if (const char* obstacle = wasi::ThreadGroup::obstacle(module))
    return std::unexpected(
        error("{}: it imports wasi.thread-spawn to make threads, but {}", options_.file, obstacle));
  wasi::ThreadConfig config;
  if (options_.max_threads) config.max_threads = *options_.max_threads;
  config.limits = store_limits(options_);
  config.provide = [](void* self, runtime::Linker& linker) {
    return static_cast<Run*>(self)->provide_again(linker);
  };
  config.context = this;
  threads_ = std::make_unique<wasi::ThreadGroup>(engine_, config);
  const Result<void> defined = threads_->define(*linker_, module);
  if (defined) return {};
  if (defined.error().code == ErrorCode::memory_limit)
    return std::unexpected(
        error("{}: the memory that it imports is larger than --max-memory allows", options_.file));
  return std::unexpected(
      error("{}: there is not enough memory for the one that it imports", options_.file));
}

/// Links a store of another thread as the first one was.
Result<void> Run::provide_again(runtime::Linker& linker) {
  if (has_wasi_) TRY(wasi_.define(linker));
  for (const auto& [name, module] : links_) {
    Outcome outcome = Outcome::ok;
    Instance* instance = TRY(linker.instantiate(*module, outcome, runtime::SharedData::left_alone));
    if (outcome != Outcome::ok) return fail(ErrorCode::limit_exceeded);
    TRY(linker.define_instance(name, *instance));
  }
  return {};
}

std::expected<Instance*, int> Run::instantiate(LoadedModule& module, const std::string& path) {
  Outcome outcome = Outcome::ok;
  auto instance = linker_->instantiate(module, outcome);
  if (!instance) {
    const Error& wrong = instance.error();
    switch (wrong.code) {
    case ErrorCode::unknown_import:
    case ErrorCode::incompatible_import_type:
      return std::unexpected(print_error(link_error_text(path, module, *linker_, wrong)));
    case ErrorCode::memory_limit:
      return std::unexpected(
          error("{}: its memory is larger than --max-memory allows at the start", path));
    case ErrorCode::memory_guard_refused:
      return std::unexpected(
          error("{}: the addresses for guard pages (8 GiB for each memory) are refused: allow more "
                "address space (ulimit -v), or compile it with --bounds-checks=explicit",
                path));
    case ErrorCode::table_limit:
      return std::unexpected(
          error("{}: a table of it is larger than {} allows at the start", path,
                options_.table_elements ? "--max-table" : "the limit of 10,000,000 elements"));
    case ErrorCode::out_of_memory:
      return std::unexpected(error("{}: there is not enough memory to instantiate it", path));
    default: {
      const auto of = std::ranges::find(modules_, &module) - modules_.begin();
      return std::unexpected(
          print_module_error(*files_[static_cast<size_t>(of)], options_.features, wrong));
    }
    }
  }
  if (outcome == Outcome::ok) outcome = runtime::run_start(**instance);
  if (outcome == Outcome::ok) {
    // A reactor is made ready before anything else is called.
    Extern initialize;
    if ((*instance)->find_export("_initialize", initialize) &&
        initialize.kind == ExternKind::func && initialize.func->type->call_cells == 0)
      outcome = runtime::call(*store_, initialize.func, nullptr);
  }
  if (outcome != Outcome::ok) return std::unexpected(finish(outcome));
  return *instance;
}

std::string Run::exported_functions(const Module& module) const {
  constexpr size_t kShown = 12;
  std::string out;
  size_t count = 0;
  for (const Export& e : module.exports) {
    if (e.kind != ExternKind::func) continue;
    if (++count > kShown) continue;
    out += fmt::format("{}{}", out.empty() ? "" : ", ", e.name);
  }
  if (count > kShown) out += fmt::format(" and {} more", count - kShown);
  return out.empty() ? "it exports no functions" : "it exports " + out;
}

int Run::invoke(Instance& instance, const std::string& name) {
  const Module& module = instance.module();
  Extern item;
  if (!instance.find_export(name, item) || item.kind != ExternKind::func) {
    std::vector<std::string_view> names;
    for (const Export& e : module.exports)
      if (e.kind == ExternKind::func) names.push_back(e.name);
    std::string hint = did_you_mean(name, names);
    if (hint.empty()) hint = "; " + exported_functions(module);
    return error("{}: no exported function '{}'{}", options_.file, name, hint);
  }
  const runtime::RuntimeType& type = *item.func->type;
  if (options_.arguments.size() != type.params.size())
    return error("'{}' takes {} argument{}, not {}: {}", name, type.params.size(),
                 type.params.size() == 1 ? "" : "s", options_.arguments.size(),
                 type.params.empty() ? "it has no parameters"
                                     : describe::signature_text(type.params, {}));
  std::vector<Cell> cells(type.call_cells + size_t{1});
  Cell* in = cells.data();
  HostReferences hosts(store_->heap());
  for (size_t i = 0; i < type.params.size(); ++i) {
    const auto value = parse_value(type.params[i], options_.arguments[i], hosts);
    if (!value) return error("argument {} of '{}': {}", i + 1, name, value.error());
    put_value(in, *value);
  }
  const Outcome outcome = runtime::call(*store_, item.func, cells.data());
  if (outcome != Outcome::ok) return finish(outcome);
  const Cell* out = cells.data();
  for (const ValType result : type.results) {
    const ValType shown = known_type(engine_.types(), result);
    fmt::print("{}\n", format_value(take_value(out, shown)));
  }
  return finish(Outcome::ok);
}

int Run::call_entry(Instance& instance) {
  const Module& module = instance.module();
  if (options_.invoke) return invoke(instance, *options_.invoke);
  Extern start;
  if (instance.find_export("_start", start) && start.kind == ExternKind::func) {
    if (start.func->type->call_cells != 0)
      return error("{}: '_start' must take and return nothing", options_.file);
    return finish(runtime::call(*store_, start.func, nullptr));
  }
  // Nothing more to do for a reactor or a module with a start function.
  if (module.has_start || module.find_export("_initialize") != nullptr) return finish(Outcome::ok);
  if (std::ranges::find(options_.arguments, "--invoke") != options_.arguments.end())
    return error("{}: options stand before the file; what follows it belongs to the program",
                 options_.file);
  if (is_object_file(module))
    return error("{}: {}", options_.file, object_file_advice(options_.file));
  return error("{}: it has no '_start' to run; call a function with --invoke NAME ({})",
               options_.file, exported_functions(module));
}

/// A program that ends with an error and was told of files that it cannot see.
void Run::hint_at_folders() const {
  if (!has_wasi_ || !options_.folders.empty() || options_.invoke) return;
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

int Run::finish(Outcome outcome) {
  runtime::Store* store = store_;
  if (threads_ != nullptr) {
    const wasi::ThreadGroup::End end = threads_->finish(outcome);
    outcome = end.outcome;
    store = end.store;
  }
  if (outcome == Outcome::ok) return 0;
  if (outcome == Outcome::trap && store->trap.kind == TrapKind::exit) {
    if (store->trap.exit_code != 0) hint_at_folders();
    return static_cast<int>(store->trap.exit_code & 0xFF);
  }
  report(*store, outcome);
  return kExitTrap;
}

/// Says why the guest was stopped and where.
void Run::report(runtime::Store& store, Outcome outcome) const {
  std::string obstacle;
  const auto places = [&](const Module& module, std::span<const uint32_t> offsets) -> SourceLines {
    const auto of =
        std::ranges::find(modules_, &module, [](const LoadedModule* m) { return &m->module(); }) -
        modules_.begin();
    const ModuleFile& file = *files_[static_cast<size_t>(of)];
    // The file with debug information is that of the program.
    const DebugInfo debug{of == 0 ? options_.debug_info.value_or("") : ""};
    auto found = find_source_lines(file, module, offsets, debug);
    if (found) return std::move(*found);
    obstacle = fmt::format("{}: no lines: {}", file.path, found.error());
    return {};
  };
  print_trap(store, outcome, options_, places);
  if (!obstacle.empty()) print_labelled("note", obstacle);
  if (options_.core_dump) write_core_dump(store, *options_.core_dump);
}

void Run::write_core_dump(const runtime::Store& store, const std::string& path) const {
  const auto name_of = [&](const Module& module) {
    const auto of =
        std::ranges::find(modules_, &module, [](const LoadedModule* m) { return &m->module(); });
    return files_[static_cast<size_t>(of - modules_.begin())]->path;
  };
  OutputFile out(path);
  const uint64_t left_out =
      describe::write_core_dump(store, store.trap.trace, options_.file, name_of,
                                [&](std::span<const uint8_t> bytes) { out.write(bytes); });
  // What is wrong has been said; the exit code is that of the trap.
  if (out.close() != 0) return;
  print_labelled(
      "note",
      fmt::format("{}: core dump written{}", path,
                  left_out == 0 ? std::string()
                                : fmt::format("; {} bytes of memory had no room in it", left_out)));
}

int Run::execute() {
  auto module = load(options_.file);
  if (!module) return module.error();
  if (auto made = make_store(); !made) return made.error();
  if (auto provided = provide_wasi((*module)->module()); !provided) return provided.error();
  if (auto linked = link_modules(); !linked) return linked.error();
  if (auto found = find_imports(**module); !found) return found.error();
  if (auto provided = provide_threads(**module); !provided) return provided.error();
  auto instance = instantiate(**module, options_.file);
  if (!instance) return instance.error();
  return call_entry(**instance);
}

} // namespace

int execute(const RunOptions& options) { return Run(options).execute(); }

} // namespace waxwing::tool
