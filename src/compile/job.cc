// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/job.hpp"

#include <atomic>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <mutex>
#include <optional>
#include <thread>

#include "compile/codegen.hpp"
#include "compile/keep_apart.hpp"
#include "compile/module_lowering.hpp"
#include "compile/pack.hpp"
#include "platform/memory.hpp"

namespace waxwing::compile {

namespace {

/// Index of the function that a symbol is for, or `kNoIndex`.
FuncIndex index_of(llvm::StringRef name) {
  FuncIndex index = kNoIndex;
  if (!name.consume_front("f") || name.consumeInteger(10, index)) return kNoIndex;
  return index;
}

/// Keeps the first error that LLVM reports by way of its context.
struct Diagnostics final : llvm::DiagnosticHandler {
  Failure& first;
  explicit Diagnostics(Failure& to) : first(to) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getSeverity() != llvm::DS_Error) return true;
    if (!first.text.empty()) return true;
    llvm::raw_string_ostream out(first.text);
    if (const auto* const unsupported = llvm::dyn_cast<llvm::DiagnosticInfoUnsupported>(&info)) {
      out << unsupported->getMessage();
      first.function = index_of(unsupported->getFunction().getName());
    } else {
      llvm::DiagnosticPrinterRawOStream printer(out);
      info.print(printer);
    }
    return true;
  }
};

/// A folder that goes away with this.
class Folder {
 public:
  [[nodiscard]] Outcome<std::string> make() {
    llvm::SmallString<128> path;
    if (const std::error_code error = llvm::sys::fs::createUniqueDirectory("waxwing", path))
      return failure("no folder for temporary files: " + error.message());
    path_ = path.str().str();
    return path_;
  }
  ~Folder() {
    if (!path_.empty()) (void)llvm::sys::fs::remove_directories(path_);
  }

 private:
  std::string path_;
};

/// What came of a part.
struct PartResult {
  /// Or text; empty where the object is in the store.
  llvm::SmallVector<char, 0> object;
  CodeFacts code;
};

/// Says how far several threads are, to one listener.
class Progress {
 public:
  Progress(const Listener& to, uint32_t functions) : to_(to), functions_(functions) {}

  void at(FuncIndex function) {
    const std::lock_guard guard(lock_);
    if (to_.at) to_.at(function);
  }
  /// A function has been compiled.
  void count() { report(1, 0); }
  void add_bytes(size_t bytes) { report(0, bytes); }
  [[nodiscard]] bool given_up() const { return given_up_; }

 private:
  void report(uint32_t functions, size_t bytes) {
    const std::lock_guard guard(lock_);
    done_ = std::min(done_ + functions, functions_);
    bytes_ += bytes;
    if (to_.progress && !to_.progress(done_, functions_, bytes_)) given_up_ = true;
  }

  const Listener& to_;
  const uint32_t functions_;
  std::mutex lock_;
  uint32_t done_ = 0;
  uint64_t bytes_ = 0;
  std::atomic<bool> given_up_ = false;
};

/// Compiles one part, in a context of its own.
class PartJob {
 public:
  /// `lines` is null where there is to be no debug information.
  PartJob(const ModulePlan& plan, uint32_t number, const Options& options, const SourceMap* lines,
          Progress& progress)
      : plan_(plan), number_(number), options_(options), lines_(lines), progress_(progress) {}

  Outcome<PartResult> run() {
    // A function whose frame has become larger than its own check of the stack provides for is
    // compiled again with one that does.
    for (int attempt = 0; attempt < 4; ++attempt) {
      auto made = compile_once();
      if (!made || !again_) return made;
    }
    return failure("frames of functions do not settle at a size");
  }

 private:
  Outcome<PartResult> compile_once() {
    again_ = false;
    Failure reported;
    llvm::LLVMContext context;
    context.setDiagnosticHandler(std::make_unique<Diagnostics>(reported));
    ModuleLowering lowering(context, plan_, plan_.parts()[number_], options_);
    lowering.frame_bytes = frame_bytes_;
    TRY(lowering.run([this](FuncIndex function) {
      progress_.at(function);
      return !progress_.given_up();
    }));
    llvm::Module& ir = lowering.ir();
    if (options_.check_ir) TRY(verify(ir));
    const std::unique_ptr<llvm::TargetMachine> machine = TRY(make_machine(options_));
    ir.setDataLayout(machine->createDataLayout());
    if (options_.emit != WAX_EMIT_IR || options_.optimization > 0)
      optimize(ir, *machine, plan_.wasm(), options_, [this](llvm::StringRef name) { hear(name); });
    PartResult result;
    if (options_.emit == WAX_EMIT_IR) {
      llvm::raw_svector_ostream out(result.object);
      ir.print(out, nullptr);
      return result;
    }
    const bool is_image = options_.emit == WAX_EMIT_IMAGE;
    if (options_.is_selective()) {
      let_calls_merge(ir);
      if (is_image) TRY(settle_calls(ir, *machine));
    }
    result.object =
        TRY(generate(ir, *machine, options_,
                     options_.emit == WAX_EMIT_ASSEMBLY ? Output::assembly : Output::object,
                     is_image ? &result.code : nullptr, lines_, [&](llvm::StringRef name) {
                       hear(name);
                       if (index_of(name) != kNoIndex) progress_.count();
                     }));
    if (!reported.text.empty()) return std::unexpected(reported);
    if (is_image) check_frames(ir, result.code);
    result.code.heights = std::move(lowering.heights);
    progress_.add_bytes(result.object.size());
    return result;
  }

  /// Finds out which calls would be merged, by code that is thrown away.
  Outcome<void> settle_calls(llvm::Module& ir, llvm::TargetMachine& machine) {
    const std::unique_ptr<llvm::Module> copy = llvm::CloneModule(ir);
    CodeFacts merged;
    TRY(generate(*copy, machine, options_, Output::object, &merged, nullptr,
                 [this](llvm::StringRef name) { hear(name); }));
    (void)keep_calls_apart(ir, merged);
    return {};
  }

  void hear(llvm::StringRef name) {
    if (const FuncIndex index = index_of(name); index != kNoIndex) progress_.at(index);
  }

  /// Compares frames with what the functions' checks of the stack provide for.
  void check_frames(llvm::Module& ir, const CodeFacts& code) {
    for (const FunctionFacts& facts : code.functions) {
      const llvm::Function* const function = ir.getFunction(facts.name);
      if (function == nullptr || !function->hasFnAttribute(kFrameAttribute)) continue;
      uint32_t provided = 0;
      function->getFnAttribute(kFrameAttribute).getValueAsString().getAsInteger(10, provided);
      if (facts.stack_bytes <= provided) continue;
      uint32_t& wanted = frame_bytes_[name_before_copy(facts.name).str()];
      wanted = std::max(wanted, facts.stack_bytes + facts.stack_bytes / 4);
      again_ = true;
    }
  }

  const ModulePlan& plan_;
  const uint32_t number_;
  const Options& options_;
  const SourceMap* const lines_;
  Progress& progress_;
  std::map<std::string, uint32_t> frame_bytes_;
  bool again_ = false;
};

class Job {
 public:
  Job(const waxwing::Module& wasm, const Options& options, const Listener& listener)
      : options_(options), plan_(wasm, options.emit == WAX_EMIT_IMAGE),
        progress_(listener, static_cast<uint32_t>(wasm.functions.size() - wasm.imported_functions)),
        lines_(options.debug_info ? std::make_unique<SourceMap>(wasm, options) : nullptr),
        results_(plan_.parts().size()), objects_(plan_.parts().size()) {}

  Outcome<Packed> run() {
    compile_parts();
    for (auto& result : results_)
      if (result && !*result) return std::unexpected(result->error());
    if (progress_.given_up()) return failure("given up");
    if (options_.emit != WAX_EMIT_IMAGE) {
      // NOLINTNEXTLINE(bugprone-unchecked-optional-access): none is missing
      const auto& bytes = (*results_[0])->object;
      return Packed{{bytes.begin(), bytes.end()}, {}, {}};
    }
    return make_image();
  }

 private:
  /// Parts in their order, each by the next thread that is free; none behind one that has failed,
  /// so that it is always the first failure that is told.
  void compile_parts() {
    const size_t parts = results_.size();
    std::atomic<size_t> next = 0;
    std::atomic<size_t> end = parts;
    const auto work = [&] {
      for (size_t part; (part = next.fetch_add(1)) < end && !progress_.given_up();) {
        results_[part] = compile_part(part);
        if (*results_[part]) continue;
        for (size_t now = end; part < now && !end.compare_exchange_weak(now, part);) {
        }
      }
    };
    std::vector<std::thread> threads;
    const size_t wanted =
        options_.threads != 0 ? options_.threads : std::thread::hardware_concurrency();
    for (size_t i = 1; i < std::min(wanted, parts); ++i) threads.emplace_back(work);
    work();
    for (std::thread& thread : threads) thread.join();
  }

  Outcome<PartResult> compile_part(size_t number) {
    PartJob job(plan_, static_cast<uint32_t>(number), options_, lines_.get(), progress_);
    PartResult part = TRY(job.run());
    if (options_.emit != WAX_EMIT_IMAGE) return part;
    TRY(objects_.put(number, {part.object.data(), part.object.size()}));
    part.object = {};
    part.code.functions.shrink_to_fit();
    return part;
  }

  Outcome<Packed> make_image() {
    const waxwing::Module& wasm = plan_.wasm();
    std::vector<CodeFacts> code;
    code.reserve(results_.size());
    // NOLINTNEXTLINE(bugprone-unchecked-optional-access): none is missing
    for (auto& result : results_) code.push_back(std::move((*result)->code));
    PackInput input{wasm, options_, code, plan_, {}, {}, {}};
    for (uint32_t i = 0; i < wasm.memories.size(); ++i)
      input.is_guarded.push_back(is_guarded(wasm, options_, i));
    input.cpu = processor_words(options_);
    input.producer = "waxwing, LLVM " LLVM_VERSION_STRING;
    Folder folder;
    const std::string path = TRY(folder.make());
    const Linked linked = TRY(link_objects(objects_, options_, path));
    Packed packed = TRY(pack(input, linked));
    if (options_.check_sites) packed.notes = checked(code);
    return packed;
  }

  static std::string checked(const std::vector<CodeFacts>& code) {
    constexpr const char* kKinds[] = {"calls", "traps", "accesses"};
    std::string out;
    for (size_t kind = 0; kind < std::size(kKinds); ++kind) {
      SiteCheck check;
      for (const CodeFacts& part : code) check += part.checks[kind];
      out += std::string(kind == 0 ? "" : "\n") + kKinds[kind] + " " + std::to_string(check.sites) +
             " exact " + std::to_string(check.exact) + " confirmed " +
             std::to_string(check.confirmed) + " wrong " + std::to_string(check.wrong) +
             " copied " + std::to_string(check.copied);
    }
    return out;
  }

  const Options& options_;
  const ModulePlan plan_;
  Progress progress_;
  const std::unique_ptr<const SourceMap> lines_;
  /// Empty where a part was not reached.
  std::vector<std::optional<Outcome<PartResult>>> results_;
  /// Of images.
  ObjectStore objects_;
};

static_assert(image::frame::func_idx == WAX_FRAME_FUNC_IDX && image::frame::ip == WAX_FRAME_IP &&
              image::frame::trap_ip == WAX_FRAME_TRAP_IP && image::frame::sp == WAX_FRAME_SP &&
              image::frame::locals == WAX_FRAME_LOCALS &&
              image::frame::params == WAX_FRAME_PARAMS &&
              image::frame::bounds_checks == WAX_FRAME_BOUNDS_CHECKS);

std::string_view view(const WaxText& text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

} // namespace

Outcome<Packed> run_job(std::span<const uint8_t> module, FeatureSet features,
                        const Options& options, const Listener& listener) {
  waxwing::Module wasm(platform::default_allocator());
  const auto decoded = decode(module, features, wasm);
  if (!decoded || !validate(wasm)) return failure("the module is not valid");
  return Job(wasm, options, listener).run();
}

Outcome<Options> read_options(const WaxCompileOptions& from) {
  Options options;
  const std::string_view target = view(from.target);
  const image::TargetInfo* const info = target.empty() ? host_target() : find_target(target);
  if (info == nullptr) {
    if (target.empty()) return failure("images can't be made for this machine: name a target");
    std::string known;
    for (const image::TargetInfo& one : image::kTargets)
      known += (known.empty() ? "" : ", ") + std::string(one.name);
    return failure("unknown target '" + std::string(target) + "': there are " + known);
  }
  options.target = info->target;
  options.optimization = std::min(from.optimization, 3u);
  options.for_size = from.optimize_size != 0;
  options.emit = static_cast<WaxEmit>(from.emit);
  options.explicit_checks = from.bounds_checks == WAX_BOUNDS_EXPLICIT;
  options.call_traps = from.traps == WAX_TRAPS_CALL || !info->signal_traps;
  options.probes = info->probes && from.stack_checks != WAX_STACK_EXPLICIT;
  options.polls = from.interrupt == WAX_INTERRUPT_POLL || !info->signal_traps;
  if (from.trace > WAX_TRACE_AUTO || (from.frame_fields & ~image::frame::known) != 0)
    return failure("there is no such form of stack traces");
  if (from.trace == WAX_TRACE_AUTO) {
    // Where traps are calls, those of a kind share one unless each has its offset.
    if (!info->signal_traps) options.trace = TraceMode::frames;
    options.frame_fields = image::frame::func_idx | image::frame::ip;
  } else {
    options.trace = static_cast<TraceMode>(from.trace);
    options.frame_fields = from.frame_fields;
  }
  if (!options.has_frames()) options.frame_fields = 0;
  options.split_trace = from.split_trace != 0;
  options.trace_file = view(from.trace_file);
  if (options.has_field(image::frame::bounds_checks)) options.probes = false;
  options.meters = from.metering != 0;
  options.deterministic = from.deterministic != 0;
  options.check_sites = options.check_ir = from.check_sites != 0;
  options.embed_module = from.embed_module != 0;
  options.names_only = from.names_only != 0;
  options.checksum = from.checksum != 0;
  options.debug_info = from.debug_info != 0;
  options.name = from.name.size == 0 ? "module" : view(from.name);
  options.source_lines = {from.source_lines, from.source_line_count};
  options.threads = from.threads;
  if (options.emit == WAX_EMIT_DIRECT) {
    if (from.direct == nullptr) return failure("nothing is said of what has no sandbox");
    if (!info->guards || info->pointer != 8)
      return failure(std::string("without a sandbox there are no programs for ") + info->name);
    options.direct = true;
    options.direct_stack_bytes = from.direct->stack_bytes;
    // Nothing is checked, counted or asked for a trace.
    options.call_traps = options.polls = options.meters = false;
    options.probes = true;
    options.trace = TraceMode::none;
    options.frame_fields = 0;
  }
  std::string_view cpu = view(from.cpu);
  if (cpu.empty() && target.empty()) cpu = "native";
  TRY(complete(options, cpu, view(from.cpu_features)));
  return options;
}

} // namespace waxwing::compile
