// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/script_runner.hpp"

#include <fmt/format.h>
#include <map>
#include <memory>
#include <optional>

#include "describe/error_text.hpp"
#include "describe/trap_text.hpp"
#include "platform/host_thread.hpp"
#include "text/script.hpp"
#include "waxwing/pattern_text.hpp"
#include "waxwing/script_host.hpp"

namespace waxwing::tool {

namespace {

using runtime::Instance;
using runtime::LoadedModule;
using runtime::Outcome;
using text::CommandKind;

/// The stages at which a module can be refused.
enum class Stage : uint8_t { parsing, decoding, validation, compilation, linking, limits };

Stage stage_of(ErrorCode code) {
  if (code == ErrorCode::unknown_import || code == ErrorCode::incompatible_import_type)
    return Stage::linking;
  if (code < ErrorCode::unexpected_end || code > ErrorCode::unknown_export) return Stage::limits;
  return code < ErrorCode::type_mismatch ? Stage::decoding : Stage::validation;
}

std::string_view stage_name(Stage stage) {
  switch (stage) {
  case Stage::parsing: return "malformed text";
  case Stage::decoding: return "malformed module";
  case Stage::validation: return "invalid module";
  case Stage::compilation: return "module that cannot be compiled";
  case Stage::linking: return "unlinkable module";
  case Stage::limits: return "limit";
  }
  return "?";
}

/// How far a module got.
struct Refusal {
  Stage stage;
  ErrorCode code;
  std::string text;
};

/// The texts of scripts are prefixes of the reference interpreter's, which names the element too.
bool trap_text_matches(std::string_view expected, std::string_view found) {
  if (found.starts_with(expected)) return true;
  if (!expected.starts_with(found)) return false;
  const std::string_view rest = expected.substr(found.size());
  return rest.starts_with(' ') && rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// The texts for refused modules are prefixes as well; behind a colon, the reference interpreter
/// explains in words of its own.
bool refusal_text_matches(std::string_view expected, std::string_view found) {
  return found.starts_with(expected.substr(0, expected.find(':')));
}

/// Executes commands: those of a script, or those of one of its threads.
class Runner {
 public:
  Runner(const std::string& path, const text::Script& script, const ScriptOptions& options)
      : path_(path), script_(script), options_(options),
        host_(options.features, {.gc_stress = options.gc_stress}, options.compiler) {
    parse_.features = options.features;
    parse_.names = false;
  }
  ~Runner();

  /// Lets `commands` use what another thread's module shares under its name.
  void share(const std::string& id, SharedExports exports) { shared_[id] = std::move(exports); }

  void run(const std::vector<text::Command>& commands);
  [[nodiscard]] const ScriptReport& report() const { return report_; }

 private:
  struct Thread;

  void execute(const text::Command& command);

  // Assertions
  void pass() { ++report_.passed; }
  void fail_assertion(const text::Command& command, std::string_view expected,
                      std::string_view found) {
    ++report_.failed;
    complain(command, fmt::format("expected {}, found {}", expected, found));
  }
  /// What the assertion is about is not supported.
  void skip(const text::Command& command, std::string_view why) {
    ++report_.skipped;
    report_.notes.push_back(
        fmt::format("{}:{}:{}: skipped: {}", path_, command.line, command.column, why));
  }
  /// A command that is no assertion has failed.
  void fail_command(const text::Command& command, std::string_view why) {
    ++report_.errors;
    complain(command, fmt::format("error: {}", why));
  }
  void complain(const text::Command& command, const std::string& text) {
    report_.complaints.push_back(
        fmt::format("{}:{}:{}: {}", path_, command.line, command.column, text));
  }

  void assert_return(const text::Command& command);
  void assert_stopped(const text::Command& command);
  void assert_exception(const text::Command& command);
  void assert_refused(const text::Command& command);

  // Modules
  std::optional<Refusal> load(const text::ScriptModule& module, LoadedModule*& loaded);
  void define(const text::Command& command, bool instantiate);
  void instantiate(const text::Command& command, LoadedModule& module, const std::string& id);
  Instance* instance(const std::string& id);
  ActionResult perform(const text::Action& action);

  // Threads
  void start(const text::Command& command);
  void wait(const text::Command& command);
  void join(Thread& thread);

  const std::string& path_;
  const text::Script& script_;
  const ScriptOptions& options_;
  ScriptReport report_;
  ScriptHost host_;
  text::ParseOptions parse_;
  Instance* current_ = nullptr;
  LoadedModule* definition_ = nullptr;
  std::map<std::string, Instance*, std::less<>> instances_;
  std::map<std::string, LoadedModule*, std::less<>> definitions_;
  std::map<std::string, SharedExports, std::less<>> shared_;
  std::map<std::string, std::unique_ptr<Thread>, std::less<>> threads_;
};

/// A thread of a script, which runs until somebody waits for it.
struct Runner::Thread {
  Thread(const Runner& maker, const std::vector<text::Command>& thread_commands)
      : runner(maker.path_, maker.script_, maker.options_), commands(thread_commands) {}

  Runner runner;
  const std::vector<text::Command>& commands;
  platform::HostThread host;
};

Runner::~Runner() = default;

void Runner::run(const std::vector<text::Command>& commands) {
  if (auto started = host_.start(); !started) {
    ++report_.errors;
    report_.complaints.push_back(
        fmt::format("{}: {}", path_, describe::error_text(started.error())));
    return;
  }
  for (const text::Command& command : commands) execute(command);
  for (auto& [name, thread] : threads_) join(*thread);
}

/// What an action ended with, in words.
std::string result_text(const ActionResult& result) {
  switch (result.kind) {
  case ActionResult::Kind::values: return values_text(result.values);
  case ActionResult::Kind::trap: return fmt::format("trap \"{}\"", result.text);
  case ActionResult::Kind::exception: return "an exception";
  case ActionResult::Kind::refused: return result.text;
  }
  return "?";
}

std::optional<Refusal> Runner::load(const text::ScriptModule& module, LoadedModule*& loaded) {
  auto binary = script_.binary(module, parse_);
  if (!binary)
    return Refusal{Stage::parsing, ErrorCode::magic_header_not_detected, binary.error().message};
  ++report_.stats.modules;
  report_.stats.module_bytes += binary->bytes.size();
  auto result = host_.load(std::move(binary->bytes));
  if (!result) {
    const auto& [error, compiler] = result.error();
    if (!compiler.empty()) return Refusal{Stage::compilation, error.code, compiler};
    return Refusal{stage_of(error.code), error.code, describe::error_text(error)};
  }
  loaded = *result;
  return std::nullopt;
}

void Runner::define(const text::Command& command, bool instantiate_too) {
  if (instantiate_too) current_ = nullptr;
  LoadedModule* module = nullptr;
  if (const auto refused = load(command.module, module)) {
    fail_command(command, fmt::format("{}: {}", stage_name(refused->stage), refused->text));
    return;
  }
  definition_ = module;
  if (!command.module.id.empty()) definitions_[command.module.id] = module;
  if (instantiate_too) instantiate(command, *module, command.module.id);
}

void Runner::instantiate(const text::Command& command, LoadedModule& module,
                         const std::string& id) {
  current_ = nullptr;
  Outcome outcome = Outcome::ok;
  auto instance = host_.instantiate(module, outcome);
  if (!instance)
    return fail_command(
        command, fmt::format("cannot be instantiated: {}", describe::error_text(instance.error())));
  if (outcome != Outcome::ok)
    return fail_command(command, fmt::format("its instantiation ended with {}",
                                             result_text(host_.failure(outcome))));
  current_ = *instance;
  if (!id.empty()) instances_[id] = current_;
}

Instance* Runner::instance(const std::string& id) {
  if (id.empty()) return current_;
  const auto found = instances_.find(id);
  return found == instances_.end() ? nullptr : found->second;
}

ActionResult Runner::perform(const text::Action& action) {
  auto refuse = [](std::string text) {
    return ActionResult{.kind = ActionResult::Kind::refused, .text = std::move(text)};
  };
  Instance* target = instance(action.module);
  if (target == nullptr && shared_.contains(action.module))
    return refuse(fmt::format("module ${} belongs to another thread", action.module));
  if (target == nullptr)
    return refuse(action.module.empty() ? "no module to act on"
                                        : fmt::format("no module ${}", action.module));
  if (action.kind == text::Action::Kind::get) return host_.get(*target, action.name);
  std::vector<Value> arguments;
  for (const text::Constant& constant : action.arguments) {
    auto value = host_.value_of(constant);
    if (!value) return refuse("an argument that cannot be made");
    arguments.push_back(*value);
  }
  return host_.invoke(*target, action.name, arguments);
}

void Runner::assert_return(const text::Command& command) {
  const ActionResult result = perform(command.action);
  bool good =
      result.kind == ActionResult::Kind::values && result.values.size() == command.expected.size();
  for (size_t i = 0; good && i < command.expected.size(); ++i)
    good = text::matches(command.expected[i], host_.constant_of(result.values[i]));
  if (good) return pass();
  fail_assertion(command, patterns_text(command.expected), result_text(result));
}

void Runner::assert_stopped(const text::Command& command) {
  ActionResult result;
  if (command.module.form != text::ScriptModule::Form::none) {
    LoadedModule* module = nullptr;
    if (const auto refused = load(command.module, module)) {
      result.kind = ActionResult::Kind::refused;
      result.text = fmt::format("{}: {}", stage_name(refused->stage), refused->text);
    } else {
      Outcome outcome = Outcome::ok;
      auto instance = host_.instantiate(*module, outcome);
      if (!instance) {
        result.kind = ActionResult::Kind::refused;
        result.text = describe::error_text(instance.error());
      } else if (outcome != Outcome::ok) {
        result = host_.failure(outcome);
      }
    }
  } else {
    result = perform(command.action);
  }
  const bool exhaustion = command.kind == CommandKind::assert_exhaustion;
  if (result.kind == ActionResult::Kind::trap && trap_text_matches(command.message, result.text) &&
      (!exhaustion || result.trap == TrapKind::call_stack_exhausted))
    return pass();
  fail_assertion(command, fmt::format("trap \"{}\"", command.message), result_text(result));
}

void Runner::assert_exception(const text::Command& command) {
  const ActionResult result = perform(command.action);
  if (result.kind == ActionResult::Kind::exception) return pass();
  fail_assertion(command, "an exception", result_text(result));
}

/// A module that must not get past a stage: it must fail there, neither before nor after.
void Runner::assert_refused(const text::Command& command) {
  if (command.module.form == text::ScriptModule::Form::component)
    return skip(command, "components are not supported");
  LoadedModule* module = nullptr;
  std::optional<Refusal> refused = load(command.module, module);
  if (!refused && command.kind == CommandKind::assert_unlinkable) {
    Outcome outcome = Outcome::ok;
    auto instance = host_.instantiate(*module, outcome);
    if (!instance) {
      const Error& error = instance.error();
      refused = Refusal{stage_of(error.code), error.code, describe::error_text(error)};
    }
  }
  std::string_view wanted;
  bool right_stage = false;
  if (refused) {
    const Stage stage = refused->stage;
    const bool disabled = refused->code == ErrorCode::feature_disabled;
    const bool malformed = stage == Stage::parsing || stage == Stage::decoding || disabled;
    const bool invalid = stage == Stage::validation || disabled;
    switch (command.kind) {
    case CommandKind::assert_malformed: right_stage = malformed; break;
    case CommandKind::assert_invalid: right_stage = invalid; break;
    case CommandKind::assert_unlinkable: right_stage = stage == Stage::linking; break;
    default: right_stage = malformed || invalid; break;
    }
  }
  switch (command.kind) {
  case CommandKind::assert_unlinkable: wanted = "an unlinkable module"; break;
  case CommandKind::assert_invalid:
  case CommandKind::assert_invalid_custom: wanted = "an invalid module"; break;
  default: wanted = "a malformed module"; break;
  }
  const bool right_text = !options_.strict_messages ||
                          (refused && refusal_text_matches(command.message, refused->text));
  if (right_stage && right_text) return pass();
  fail_assertion(command, fmt::format("{} (\"{}\")", wanted, command.message),
                 refused ? fmt::format("{}: {}", stage_name(refused->stage), refused->text)
                         : std::string("nothing wrong"));
}

/// Starts a thread with what the modules it names share.
void Runner::start(const text::Command& command) {
  if (threads_.contains(command.name))
    return fail_command(command, fmt::format("thread ${} has not been waited for", command.name));
  auto thread = std::make_unique<Thread>(*this, command.commands);
  for (const std::string& id : command.shared_modules) {
    const auto shared = shared_.find(id);
    Instance* const own = shared == shared_.end() ? instance(id) : nullptr;
    if (shared == shared_.end() && own == nullptr)
      return fail_command(command, fmt::format("no module ${} to share", id));
    thread->runner.share(id, own != nullptr ? SharedExports(*own) : shared->second);
  }
  const auto run = [](void* self) {
    auto& started = *static_cast<Thread*>(self);
    started.runner.run(started.commands);
  };
  if (!thread->host.start(run, thread.get()))
    return fail_command(command, "no thread can be started");
  ++report_.stats.threads;
  threads_[command.name] = std::move(thread);
}

void Runner::join(Thread& thread) {
  thread.host.join();
  report_.add(thread.runner.report());
}

void Runner::wait(const text::Command& command) {
  const auto found = threads_.find(command.name);
  if (found == threads_.end())
    return fail_command(command, fmt::format("no thread ${} to wait for", command.name));
  join(*found->second);
  threads_.erase(found);
}

void Runner::execute(const text::Command& command) {
  ++report_.stats.commands[static_cast<size_t>(command.kind)];
  switch (command.kind) {
  case CommandKind::module:
    if (command.module.form == text::ScriptModule::Form::component)
      return fail_command(command, "components are not supported");
    return define(command, true);
  case CommandKind::module_definition: return define(command, false);
  case CommandKind::module_instance: {
    LoadedModule* module = definition_;
    if (!command.module_id.empty()) {
      const auto found = definitions_.find(command.module_id);
      module = found == definitions_.end() ? nullptr : found->second;
    }
    if (module == nullptr) return fail_command(command, "no such module definition");
    return instantiate(command, *module, command.instance_id);
  }
  case CommandKind::register_: {
    if (const auto shared = shared_.find(command.instance_id);
        shared != shared_.end() && !command.instance_id.empty()) {
      if (!host_.register_as(command.name, shared->second)) fail_command(command, "out of memory");
      return;
    }
    Instance* registered = instance(command.instance_id);
    if (registered == nullptr) return fail_command(command, "no module to register");
    if (!host_.register_as(command.name, *registered))
      return fail_command(command, "out of memory");
    return;
  }
  case CommandKind::action: {
    const ActionResult result = perform(command.action);
    if (result.kind != ActionResult::Kind::values)
      fail_command(command, fmt::format("the action ended with {}", result_text(result)));
    return;
  }
  case CommandKind::assert_return: return assert_return(command);
  case CommandKind::assert_trap:
  case CommandKind::assert_exhaustion: return assert_stopped(command);
  case CommandKind::assert_exception: return assert_exception(command);
  case CommandKind::assert_suspension: return skip(command, "stack switching is not supported");
  case CommandKind::assert_invalid:
  case CommandKind::assert_malformed:
  case CommandKind::assert_invalid_custom:
  case CommandKind::assert_malformed_custom:
  case CommandKind::assert_unlinkable: return assert_refused(command);
  case CommandKind::thread: return start(command);
  case CommandKind::wait: return wait(command);
  }
}

} // namespace

void ScriptStats::add(const ScriptStats& other) {
  for (size_t i = 0; i < commands.size(); ++i) commands[i] += other.commands[i];
  modules += other.modules;
  module_bytes += other.module_bytes;
  threads += other.threads;
}

void ScriptReport::add(const ScriptReport& other) {
  passed += other.passed;
  failed += other.failed;
  skipped += other.skipped;
  errors += other.errors;
  complaints.insert(complaints.end(), other.complaints.begin(), other.complaints.end());
  notes.insert(notes.end(), other.notes.begin(), other.notes.end());
  stats.add(other.stats);
}

ScriptReport run_script(const std::string& path, std::string source, const ScriptOptions& options) {
  ScriptReport report;
  auto script = text::read_script(std::move(source));
  if (!script) {
    const text::TextError& wrong = script.error();
    ++report.errors;
    report.complaints.push_back(
        fmt::format("{}:{}:{}: error: {}", path, wrong.line, wrong.column, wrong.message));
    return report;
  }
  Runner runner(path, *script, options);
  runner.run(script->commands());
  return runner.report();
}

} // namespace waxwing::tool
