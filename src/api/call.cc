// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of functions by the host, and how they end.
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

using impl::check_value;
using impl::put_cells;
using impl::ref_of;
using impl::StoreState;
using impl::take_cells;
using runtime::Cell;
using runtime::FuncRef;
using runtime::Outcome;
using runtime::RuntimeType;

namespace {

/// Cells of a call that need no memory of their own.
constexpr size_t kSmallCall = 32;

Result<void> check_arguments(StoreState& state, const RuntimeType& type,
                             std::span<const Value> arguments) {
  if (arguments.size() != type.params.size())
    return impl::refuse(ErrorKind::usage, fmt::format("{} arguments for a function of {}",
                                                      arguments.size(), type.params.size()));
  for (size_t i = 0; i < arguments.size(); ++i)
    if (Result<void> fits = check_value(state, arguments[i], type.params[i]); !fits)
      return impl::refuse(ErrorKind::usage,
                          fmt::format("argument {}: {}", i + 1, fits.error().message));
  return {};
}

Result<void> check_not_null(const Func& function) {
  if (!function.is_null()) return {};
  return impl::refuse(ErrorKind::usage, "a call of the null reference");
}

} // namespace

namespace impl {

/// The cells of a call, and where it has come to.
struct CallState {
  StoreState* store;
  const FuncRef* function;
  std::vector<Cell> cells;
  /// Keep what arguments refer to alive until the call begins.
  std::vector<Value> references;
  Call::State state = Call::State::ready;
  Error error;

  static Call make(std::unique_ptr<CallState> state) { return Call(std::move(state)); }
};

Result<void> StoreState::call(const FuncRef* function, Cell* cells) {
  if (control->expired.load(std::memory_order_acquire))
    store->interrupt(runtime::Interrupt::timeout);
  const Outcome outcome = runtime::call(*store, function, cells);
  if (outcome == Outcome::ok) return {};
  return std::unexpected(failure(outcome));
}

namespace {

/// The module of the interface that a frame is in; null for functions of the host.
ModuleState* module_of(StoreState& state, const core::Module* module) {
  const auto found = std::ranges::find(state.modules, module,
                                       [](const auto& known) { return &known->loaded->module(); });
  return found == state.modules.end() ? nullptr : found->get();
}

/// The source lines of the frames of a trace: each module is asked once.
class FrameLines {
 public:
  void want(ModuleState* module, uint32_t offset) {
    if (module != nullptr) known_[module].try_emplace(offset);
  }
  void find() {
    for (auto& [module, lines] : known_) {
      if (!module->find_lines) {
        for (auto& [offset, found] : lines)
          if (const auto at = module->position(offset))
            found.push_back({"", fmt::format("{}:{}:{}", module->name, at->line, at->column)});
        continue;
      }
      std::vector<uint32_t> offsets;
      for (const auto& [offset, found] : lines) offsets.push_back(offset);
      SourceLines all =
          module->find_lines(ModuleState::handle(module->shared_from_this()), offsets);
      for (size_t i = 0; i < std::min(offsets.size(), all.size()); ++i)
        lines[offsets[i]] = std::move(all[i]);
    }
  }
  [[nodiscard]] const std::vector<SourceLine>& of(ModuleState* module, uint32_t offset) const {
    static const std::vector<SourceLine> kNone;
    const auto lines = known_.find(module);
    if (lines == known_.end()) return kNone;
    const auto found = lines->second.find(offset);
    return found == lines->second.end() ? kNone : found->second;
  }

 private:
  std::map<ModuleState*, std::map<uint32_t, std::vector<SourceLine>>> known_;
};

const core::Module* core_module(const runtime::Frame& frame) {
  return frame.module == nullptr ? nullptr : &frame.module->module();
}

Frame frame_of(StoreState& state, const runtime::Frame& from, const FrameLines& lines) {
  Frame frame;
  frame.is_host =
      from.module == nullptr || from.function < from.module->module().imported_functions;
  if (from.module == nullptr) return frame;
  frame.index = from.function;
  frame.offset = from.offset;
  frame.exact = from.exact;
  frame.is_native = from.is_native;
  ModuleState* module = module_of(state, core_module(from));
  if (module == nullptr) return frame;
  frame.module = module->name;
  if (frame.is_host)
    frame.function = describe::FunctionNames(from.module->module()).import_name(from.function);
  else if (from.function != kNoIndex)
    frame.function = module->function_name(from.function);
  if (frame.is_native) return frame;
  frame.position = module->position(from.offset);
  frame.source = lines.of(module, from.offset);
  return frame;
}

/// The values of a frame, a line each.
std::vector<std::string> value_lines(const Frame& frame) {
  std::vector<std::string> lines;
  if (frame.operands) lines.push_back(fmt::format("operands {}", *frame.operands));
  for (const FrameValue& value : frame.values)
    lines.push_back(fmt::format("{} {} = {} {}",
                                value.kind == FrameValue::Kind::local ? "local" : "param",
                                value.index, value.type, value.text));
  return lines;
}

std::vector<runtime::Frame> kept_frames(const runtime::TraceSink& trace) {
  constexpr uint64_t kKeep = runtime::TraceSink::kKeep;
  const uint64_t head = std::min(trace.count, kKeep);
  const uint64_t tail = std::min(trace.count - head, kKeep);
  std::vector<runtime::Frame> frames(trace.first, trace.first + head);
  for (uint64_t i = trace.count - tail; i < trace.count; ++i)
    frames.push_back(trace.last[i % kKeep]);
  return frames;
}

FrameLines lines_of(StoreState& state, std::span<const runtime::Frame> frames) {
  FrameLines lines;
  for (const runtime::Frame& frame : frames)
    if (frame.offset != 0 && !frame.is_native)
      lines.want(module_of(state, core_module(frame)), frame.offset);
  lines.find();
  return lines;
}

/// The trap that the store has recorded, before a new one takes its place; or where the exception
/// was thrown that is in flight.
std::shared_ptr<const Trap> take_trap(StoreState& state) {
  const runtime::TrapInfo& from = state.store->trap;
  auto trap = std::make_shared<Trap>();
  trap->kind = kind_of(from.kind);
  trap->exit_code = from.exit_code;
  trap->reason = describe::trap_text(from.kind);
  trap->message = trap->kind == TrapKind::exit ? fmt::format("exit {}", from.exit_code)
                                               : describe::trap_text(from);
  if (from.has_address)
    trap->access = Access{
        .address = from.address, .length = from.length, .index = from.index, .bound = from.bound};
  // A program that ends itself is no accident; nobody asks where.
  if (trap->kind == TrapKind::exit) return trap;

  const runtime::TraceSink& trace = from.trace;
  const std::vector<runtime::Frame> frames = kept_frames(trace);
  const FrameLines lines = lines_of(state, frames);
  for (const runtime::Frame& frame : frames) trap->frames.push_back(frame_of(state, frame, lines));
  trap->frame_count = trace.count;
  for (const auto& module : state.modules) {
    if (module->add_frame_facts == nullptr) continue;
    module->add_frame_facts(state, frames, *trap);
    break;
  }
  describe::TraceStyle style{.most_frames = state.trace_style.most_frames};
  if (state.trace_style.values)
    style.values = [&](uint64_t number) {
      return number < trap->frames.size() && number < runtime::TraceSink::kKeep
                 ? value_lines(trap->frames[static_cast<size_t>(number)])
                 : std::vector<std::string>();
    };
  trap->trace = describe::trace_text(
      trace,
      [&](const core::Module& module, std::span<const uint32_t> offsets) {
        std::vector<std::vector<describe::SourceLine>> shown(offsets.size());
        ModuleState* of = module_of(state, &module);
        for (size_t i = 0; i < offsets.size(); ++i)
          for (const SourceLine& line : lines.of(of, offsets[i]))
            shown[i].push_back({line.function, line.place});
        return shown;
      },
      style);
  return trap;
}

/// One trap of two: that of an inner call, and its way on through the outer one.
std::shared_ptr<const Trap> join(const Trap& inner, const Trap& outer) {
  auto trap = std::make_shared<Trap>(inner);
  trap->frames.insert(trap->frames.end(), outer.frames.begin(), outer.frames.end());
  trap->frame_count += outer.frame_count;
  if (!outer.trace.empty()) trap->trace += "  called by the host, called from\n" + outer.trace;
  return trap;
}

} // namespace

std::vector<Frame> StoreState::frames_of(std::span<const runtime::Frame> from) {
  const FrameLines lines = lines_of(*this, from);
  std::vector<Frame> frames;
  for (const runtime::Frame& frame : from) frames.push_back(frame_of(*this, frame, lines));
  return frames;
}

Error StoreState::failure(Outcome outcome) {
  const std::shared_ptr<const Trap> before = std::exchange(inner, nullptr);
  const std::shared_ptr<const Exception> passing = std::exchange(inner_exception, nullptr);
  bool goes_on = before != nullptr;
  Error error = make_error(ErrorKind::trap, {});
  if (outcome == Outcome::exception) {
    auto root = std::make_shared<Root>(store->heap(), catch_exception(*store));
    store->locate_trace();
    // Between the host function and here it may have been caught, and another one thrown.
    goes_on = goes_on && passing != nullptr && passing->root().get() == root->get();
    error.kind = ErrorKind::exception;
    error.exception = std::make_shared<const Exception>(this, std::move(root));
  } else {
    goes_on = goes_on && passing == nullptr;
  }
  std::shared_ptr<const Trap> trap = take_trap(*this);
  if (goes_on) trap = join(*before, *trap);
  error.message = error.exception == nullptr
                      ? trap->message
                      : fmt::format("{}: {}", trap->message, error.exception->text());
  if (!trap->frames.empty() && !trap->frames.front().is_host)
    error.offset = trap->frames.front().offset;
  error.trap = std::move(trap);
  return error;
}

Outcome StoreState::raise(Error error) {
  if (error.exception != nullptr) {
    if (error.exception->store_state() != this) {
      host_message = "an exception of another store: " + error.message;
      return store->raise_host(host_message.c_str());
    }
    inner = std::move(error.trap);
    inner_exception = std::move(error.exception);
    return rethrow_exception(*store, inner_exception->root().get());
  }
  if (error.trap == nullptr) {
    host_message = std::move(error.message);
    return store->raise_host(host_message.c_str());
  }
  const Trap& trap = *error.trap;
  inner = trap.frame_count != 0 || trap.kind == TrapKind::host || trap.kind == TrapKind::other
              ? error.trap
              : nullptr;
  inner_exception = nullptr;
  if (trap.kind == TrapKind::exit) return store->raise_exit(trap.exit_code);
  if (trap.access)
    store->note_access(trap.access->address, trap.access->length, trap.access->index,
                       trap.access->bound);
  return store->raise(core_kind(trap.kind));
}

} // namespace impl

std::vector<Frame> Caller::trace() const {
  runtime::TraceSink sink;
  runtime::Store& store = *store_->store;
  for (const runtime::Activation* at = store.activation; at != nullptr; at = at->outer)
    at->trace(store, *at, sink);
  std::vector<runtime::Frame> frames = impl::kept_frames(sink);
  for (runtime::Frame& frame : frames)
    if (frame.code != nullptr) store.engine().backend().locate(frame);
  return store_->frames_of(frames);
}

FunctionType Func::type() const {
  if (is_null()) return {};
  return impl::to_public(store_->types(), *ref_of(*this)->type);
}

Result<Call> Func::start(std::span<const Value> arguments) const {
  if (Result<void> is = check_not_null(*this); !is) return std::unexpected(std::move(is.error()));
  const FuncRef* function = ref_of(*this);
  const RuntimeType& type = *function->type;
  if (Result<void> fits = check_arguments(*store_, type, arguments); !fits)
    return std::unexpected(std::move(fits.error()));
  auto state = std::make_unique<impl::CallState>();
  state->store = store_;
  state->function = function;
  state->cells.resize(type.call_cells);
  Cell* in = state->cells.data();
  for (size_t i = 0; i < arguments.size(); ++i) {
    put_cells(in, type.params[i], arguments[i].raw());
    if (arguments[i].type().is_reference()) state->references.push_back(arguments[i]);
  }
  return impl::CallState::make(std::move(state));
}

Result<std::vector<Value>> Func::call(std::span<const Value> arguments) const {
  Result<Call> started = start(arguments);
  if (!started) return std::unexpected(std::move(started.error()));
  return started->finish();
}

Call::Call(std::unique_ptr<impl::CallState> state) : state_(std::move(state)) {}
Call::~Call() = default;
Call::Call(Call&&) noexcept = default;
Call& Call::operator=(Call&&) noexcept = default;

Call::State Call::state() const { return state_->state; }

Call::State Call::resume() {
  impl::CallState& call = *state_;
  if (call.state != State::ready) return call.state;
  Result<void> ended = call.store->call(call.function, call.cells.data());
  if (!ended) call.error = std::move(ended.error());
  return call.state = ended ? State::finished : State::failed;
}

Result<std::vector<Value>> Call::finish() {
  impl::CallState& call = *state_;
  if (resume() == State::failed) return std::unexpected(std::move(call.error));
  return impl::make_values(*call.store, call.function->type->results, call.cells.data());
}

namespace typed {

Result<void> check_signature(const Func& function, std::span<const ValueKind> params,
                             std::span<const ValueKind> results) {
  if (Result<void> is = check_not_null(function); !is) return is;
  const FunctionType type = function.type();
  const auto fits = [](const std::vector<ValueType>& found, std::span<const ValueKind> wanted) {
    return std::ranges::equal(found, wanted, {}, &ValueType::kind);
  };
  if (fits(type.params, params) && fits(type.results, results)) return {};
  FunctionType asked;
  asked.params.assign(params.begin(), params.end());
  asked.results.assign(results.begin(), results.end());
  const auto words = [](const FunctionType& some) {
    const std::string text = some.text();
    return text.empty() ? std::string("neither parameters nor results") : text;
  };
  return impl::refuse(ErrorKind::usage, fmt::format("has {}, not {}", words(type), words(asked)));
}

Result<void> call(const Func& function, RawValue* values) {
  StoreState& state = *function.store();
  const FuncRef* ref = ref_of(function);
  const RuntimeType& type = *ref->type;
  impl::Scratch<Cell, kSmallCall> cells(type.call_cells);
  Cell* in = cells.data();
  for (size_t i = 0; i < type.params.size(); ++i) put_cells(in, type.params[i], values[i]);
  if (Result<void> ended = state.call(ref, cells.data()); !ended) return ended;
  const Cell* out = cells.data();
  for (size_t i = 0; i < type.results.size(); ++i) values[i] = take_cells(out, type.results[i]);
  return {};
}

Result<void> call_checked(const Func& function, RawValue* values) {
  StoreState& state = *function.store();
  const RuntimeType& type = *ref_of(function)->type;
  for (size_t i = 0; i < type.params.size(); ++i) {
    if (!type.params[i].is_ref()) continue;
    if (Result<void> fits = impl::check_reference(state, values[i], type.params[i]); !fits)
      return impl::refuse(ErrorKind::usage,
                          fmt::format("argument {}: {}", i + 1, fits.error().message));
  }
  return call(function, values);
}

} // namespace typed
} // namespace waxwing::inline v0
