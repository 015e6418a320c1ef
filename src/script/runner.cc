// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Executes scripts over the public interface.
#include <array>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

#include "script/host.hpp"
#include "script/words.hpp"
#include "text/script.hpp"

namespace waxwing::script {

namespace {

using text::CommandKind;

/// What commands are called in the statistics, by `CommandKind`.
constexpr std::string_view kCommandNames[] = {
    "module",
    "module definition",
    "module instance",
    "register",
    "action",
    "assert_return",
    "assert_trap",
    "assert_exhaustion",
    "assert_exception",
    "assert_suspension",
    "assert_invalid",
    "assert_malformed",
    "assert_invalid_custom",
    "assert_malformed_custom",
    "assert_unlinkable",
    "thread",
    "wait",
};
static_assert(std::size(kCommandNames) == text::kCommandKinds);

/// The stages at which a module can be refused.
enum class Stage : uint8_t { parsing, decoding, validation, compilation, linking, limits };

Stage stage_of(ErrorKind kind) {
  switch (kind) {
  case ErrorKind::malformed:
  case ErrorKind::component:
  case ErrorKind::feature_disabled: return Stage::decoding;
  case ErrorKind::invalid: return Stage::validation;
  case ErrorKind::compilation: return Stage::compilation;
  case ErrorKind::unknown_import:
  case ErrorKind::incompatible_import: return Stage::linking;
  default: return Stage::limits;
  }
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
  ErrorKind kind;
  std::string text;
};

/// What an error says without its place.
const std::string& words_of(const Error& error) {
  return error.reason.empty() ? error.message : error.reason;
}

Refusal refusal_of(const Failure& failure) {
  return {stage_of(failure.error), failure.error, failure.text};
}

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

waxwing::FeatureSet feature_set(const Features& features) {
  waxwing::FeatureSet set;
#define WAX_FEATURE(name, text, since, default_on)                                                 \
  if (features.has(text)) set.add(waxwing::Feature::name);
#include "wasm/feature.def"
#undef WAX_FEATURE
  return set;
}

/// Executes commands: those of a script, or those of one of its threads.
class Runner {
 public:
  Runner(std::string_view path, const text::Script& script, const Engine& engine,
         const ScriptOptions& options)
      : path_(path), script_(script), engine_(engine), options_(options),
        host_(make_host(engine, options)) {
    parse_.features = feature_set(options.config.features);
    parse_.names = false;
  }
  ~Runner();

  /// Lets `commands` use what another thread's module shares under its name.
  void share(const std::string& id, SharedPart part) { shared_[id] = std::move(part); }

  void run(const std::vector<text::Command>& commands);
  [[nodiscard]] ScriptReport report() const;

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
  std::optional<Refusal> load(const text::ScriptModule& module, std::optional<Module>& loaded);
  void define(const text::Command& command, bool instantiate);
  void instantiate(const text::Command& command, const Module& module, const std::string& id);
  /// Null where there is none.
  ScriptInstance* instance(const std::string& id);
  ActionResult perform(const text::Action& action);
  /// What an action ended with, in words.
  [[nodiscard]] std::string result_text(const ActionResult& result) const;

  // Threads
  void start(const text::Command& command);
  void wait(const text::Command& command);
  void join(Thread& thread);

  std::string_view path_;
  const text::Script& script_;
  const Engine& engine_;
  const ScriptOptions& options_;
  ScriptReport report_;
  std::array<uint32_t, text::kCommandKinds> commands_{};
  std::unique_ptr<ScriptHost> host_;
  text::ParseOptions parse_;
  InstanceHandle current_;
  std::optional<Module> definition_;
  std::map<std::string, InstanceHandle, std::less<>> instances_;
  std::map<std::string, Module, std::less<>> definitions_;
  std::map<std::string, SharedPart, std::less<>> shared_;
  std::map<std::string, std::unique_ptr<Thread>, std::less<>> threads_;
};

/// A thread of a script, which runs until somebody waits for it.
struct Runner::Thread {
  Thread(const Runner& maker, const std::vector<text::Command>& thread_commands)
      : runner(maker.path_, maker.script_, maker.engine_, maker.options_),
        commands(thread_commands) {}

  Runner runner;
  const std::vector<text::Command>& commands;
  // The last: it ends before what it uses.
  std::jthread thread;
};

Runner::~Runner() = default;

ScriptReport Runner::report() const {
  ScriptReport out = report_;
  ScriptStats own;
  for (size_t i = 0; i < commands_.size(); ++i)
    own.commands.push_back({kCommandNames[i], commands_[i]});
  out.stats.add(own);
  return out;
}

void Runner::run(const std::vector<text::Command>& commands) {
  if (auto started = host_->start(); !started) {
    ++report_.errors;
    report_.complaints.push_back(fmt::format("{}: {}", path_, started.error().text));
    return;
  }
  for (const text::Command& command : commands) execute(command);
  for (auto& [name, thread] : threads_) join(*thread);
}

std::string Runner::result_text(const ActionResult& result) const {
  if (!result) {
    const Failure& failure = result.error();
    if (failure.kind == Failure::Kind::exception) return "an exception";
    return failure.is_guests() ? fmt::format("trap \"{}\"", failure.text) : failure.text;
  }
  if (result->empty()) return "no values";
  std::string out;
  for (const Answer& answer : *result)
    out += fmt::format("{}({})", out.empty() ? "" : " ", answer.text);
  return out;
}

std::optional<Refusal> Runner::load(const text::ScriptModule& module,
                                    std::optional<Module>& loaded) {
  auto binary = script_.binary(module, parse_);
  if (!binary) return Refusal{Stage::parsing, ErrorKind::text, binary.error().message};
  ++report_.stats.modules;
  report_.stats.module_bytes += binary->bytes.size();
  Result<Module> result = host_->load(std::move(binary->bytes));
  if (!result) {
    const Error& error = result.error();
    return Refusal{stage_of(error.kind), error.kind, words_of(error)};
  }
  loaded = std::move(*result);
  return std::nullopt;
}

void Runner::define(const text::Command& command, bool instantiate_too) {
  if (instantiate_too) current_.reset();
  std::optional<Module> module;
  if (const auto refused = load(command.module, module)) {
    fail_command(command, fmt::format("{}: {}", stage_name(refused->stage), refused->text));
    return;
  }
  definition_ = module;
  if (!command.module.id.empty()) definitions_.insert_or_assign(command.module.id, *module);
  if (instantiate_too) instantiate(command, *module, command.module.id);
}

void Runner::instantiate(const text::Command& command, const Module& module,
                         const std::string& id) {
  current_.reset();
  const Outcome<InstanceHandle> instance = host_->instantiate(module);
  if (!instance) {
    const Failure& failure = instance.error();
    return fail_command(command, failure.is_guests()
                                     ? fmt::format("its instantiation ended with {}",
                                                   result_text(std::unexpected(failure)))
                                     : fmt::format("cannot be instantiated: {}", failure.text));
  }
  current_ = *instance;
  if (!id.empty()) instances_.insert_or_assign(id, *instance);
}

ScriptInstance* Runner::instance(const std::string& id) {
  if (id.empty()) return current_.get();
  const auto found = instances_.find(id);
  return found == instances_.end() ? nullptr : found->second.get();
}

ActionResult Runner::perform(const text::Action& action) {
  ScriptInstance* const target = instance(action.module);
  if (target == nullptr && shared_.contains(action.module))
    return refuse(fmt::format("module ${} belongs to another thread", action.module));
  if (target == nullptr)
    return refuse(action.module.empty() ? "no module to act on"
                                        : fmt::format("no module ${}", action.module));
  if (action.kind == text::Action::Kind::get) return target->get(action.name);
  return target->invoke(action.name, action.arguments);
}

void Runner::assert_return(const text::Command& command) {
  const ActionResult result = perform(command.action);
  bool good = result && result->size() == command.expected.size();
  for (size_t i = 0; good && i < command.expected.size(); ++i)
    good = text::matches(command.expected[i], (*result)[i].constant);
  if (good) return pass();
  fail_assertion(command, patterns_text(command.expected), result_text(result));
}

void Runner::assert_stopped(const text::Command& command) {
  ActionResult result;
  if (command.module.form != text::ScriptModule::Form::none) {
    std::optional<Module> module;
    if (const auto refused = load(command.module, module)) {
      result = refuse(fmt::format("{}: {}", stage_name(refused->stage), refused->text));
    } else if (auto instance = host_->instantiate(*module); !instance) {
      result = std::unexpected(std::move(instance.error()));
    }
  } else {
    result = perform(command.action);
  }
  const bool trapped = !result && result.error().kind == Failure::Kind::trap;
  const bool exhaustion = command.kind == CommandKind::assert_exhaustion;
  if (trapped && trap_text_matches(command.message, result.error().text) &&
      (!exhaustion || result.error().text == "call stack exhausted"))
    return pass();
  fail_assertion(command, fmt::format("trap \"{}\"", command.message), result_text(result));
}

void Runner::assert_exception(const text::Command& command) {
  const ActionResult result = perform(command.action);
  if (!result && result.error().kind == Failure::Kind::exception) return pass();
  fail_assertion(command, "an exception", result_text(result));
}

/// A module that must not get past a stage: it must fail there, neither before nor after.
void Runner::assert_refused(const text::Command& command) {
  if (command.module.form == text::ScriptModule::Form::component)
    return skip(command, "components are not supported");
  std::optional<Module> module;
  std::optional<Refusal> refused = load(command.module, module);
  if (!refused && command.kind == CommandKind::assert_unlinkable) {
    // What fails behind the linking is not what was asked for.
    if (const auto instance = host_->instantiate(*module);
        !instance && !instance.error().is_guests())
      refused = refusal_of(instance.error());
  }
  std::string_view wanted;
  bool right_stage = false;
  if (refused) {
    const Stage stage = refused->stage;
    const bool disabled = refused->kind == ErrorKind::feature_disabled;
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
    ScriptInstance* const own = shared == shared_.end() ? instance(id) : nullptr;
    if (shared == shared_.end() && own == nullptr)
      return fail_command(command, fmt::format("no module ${} to share", id));
    thread->runner.share(id, own != nullptr ? host_->share(*own) : shared->second);
  }
  Thread& started = *thread;
  try {
    started.thread = std::jthread([&started] { started.runner.run(started.commands); });
  } catch (const std::system_error&) {
    return fail_command(command, "no thread can be started");
  }
  ++report_.stats.threads;
  threads_[command.name] = std::move(thread);
}

void Runner::join(Thread& thread) {
  thread.thread.join();
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
  ++commands_[static_cast<size_t>(command.kind)];
  switch (command.kind) {
  case CommandKind::module:
    if (command.module.form == text::ScriptModule::Form::component)
      return fail_command(command, "components are not supported");
    return define(command, true);
  case CommandKind::module_definition: return define(command, false);
  case CommandKind::module_instance: {
    const Module* module = definition_ ? &*definition_ : nullptr;
    if (!command.module_id.empty()) {
      const auto found = definitions_.find(command.module_id);
      module = found == definitions_.end() ? nullptr : &found->second;
    }
    if (module == nullptr) return fail_command(command, "no such module definition");
    return instantiate(command, *module, command.instance_id);
  }
  case CommandKind::register_: {
    if (const auto shared = shared_.find(command.instance_id);
        shared != shared_.end() && !command.instance_id.empty()) {
      if (!host_->register_shared(command.name, shared->second))
        fail_command(command, "out of memory");
      return;
    }
    ScriptInstance* const registered = instance(command.instance_id);
    if (registered == nullptr) return fail_command(command, "no module to register");
    if (!host_->register_as(command.name, *registered))
      return fail_command(command, "out of memory");
    return;
  }
  case CommandKind::action: {
    const ActionResult result = perform(command.action);
    if (!result)
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

} // namespace waxwing::script

namespace waxwing::inline v0 {

void ScriptStats::add(const ScriptStats& other) {
  for (const Count& from : other.commands) {
    const auto known = std::ranges::find(commands, from.command, &Count::command);
    if (known == commands.end())
      commands.push_back(from);
    else
      known->count += from.count;
  }
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

ScriptReport run_script(std::string_view path, std::string source, const ScriptOptions& options) {
  ScriptReport report;
  auto script = text::read_script(std::move(source));
  if (!script) {
    const text::TextError& wrong = script.error();
    ++report.errors;
    report.complaints.push_back(
        fmt::format("{}:{}:{}: error: {}", path, wrong.line, wrong.column, wrong.message));
    return report;
  }
  const Engine engine(options.config);
  script::Runner runner(path, *script, engine, options);
  runner.run(script->commands());
  return runner.report();
}

} // namespace waxwing::inline v0
