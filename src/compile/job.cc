// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/job.hpp"

#include <llvm/Config/llvm-config.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/raw_ostream.h>

#include "compile/codegen.hpp"
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
    if (!path_.empty()) llvm::sys::fs::remove_directories(path_);
  }

 private:
  std::string path_;
};

std::vector<uint8_t> to_bytes(llvm::StringRef text) { return {text.begin(), text.end()}; }

class Job {
 public:
  Job(const waxwing::Module& wasm, const Options& options, const Listener& listener)
      : wasm_(wasm), options_(options), listener_(listener) {}

  Outcome<std::vector<uint8_t>> run() {
    // A function whose frame has become larger than its own check of the stack provides for is
    // compiled again with one that does.
    for (int attempt = 0; attempt < 4; ++attempt) {
      auto made = compile_once();
      if (!made || !again_) return made;
    }
    return failure("frames of functions do not settle at a size");
  }

 private:
  Outcome<std::vector<uint8_t>> compile_once() {
    again_ = false;
    Failure reported;
    llvm::LLVMContext context;
    context.setDiagnosticHandler(std::make_unique<Diagnostics>(reported));
    ModuleLowering lowering(context, wasm_, options_);
    lowering.frame_bytes = frame_bytes_;
    TRY(lowering.run([this](FuncIndex function) {
      if (listener_.at) listener_.at(function);
      return true;
    }));
    llvm::Module& ir = lowering.ir();
    std::string wrong;
    llvm::raw_string_ostream wrong_out(wrong);
    if (llvm::verifyModule(ir, &wrong_out)) return failure("the IR is not valid: " + wrong);

    const std::unique_ptr<llvm::TargetMachine> machine = TRY(make_machine(options_));
    ir.setDataLayout(machine->createDataLayout());
    if (options_.emit != WAX_EMIT_IR || options_.optimization > 0) {
      optimize(ir, *machine, options_, [this](llvm::StringRef name) { hear(name); });
    }
    if (options_.emit == WAX_EMIT_IR) {
      std::string text;
      llvm::raw_string_ostream out(text);
      ir.print(out, nullptr);
      return to_bytes(text);
    }

    CodeFacts code;
    const bool is_image = options_.emit == WAX_EMIT_IMAGE;
    const auto functions = static_cast<uint32_t>(wasm_.functions.size() - wasm_.imported_functions);
    uint32_t done = 0;
    const llvm::SmallVector<char, 0> object =
        TRY(generate(ir, *machine, options_,
                     options_.emit == WAX_EMIT_ASSEMBLY ? Output::assembly : Output::object,
                     is_image ? &code : nullptr, [&](llvm::StringRef name, uint64_t bytes) {
                       hear(name);
                       if (index_of(name) != kNoIndex && listener_.progress)
                         (void)listener_.progress(std::min(done++, functions), functions, bytes);
                     }));
    if (!reported.text.empty()) return std::unexpected(reported);
    if (!is_image) return to_bytes({object.data(), object.size()});
    check_frames(ir, code);
    if (again_) return std::vector<uint8_t>();

    PackInput input{wasm_, options_, code, {}, {}, {}, lowering.catches(), {}, {}};
    for (const Signature* signature : lowering.own_signatures())
      input.signatures.push_back(signature->name);
    for (FuncIndex i = wasm_.imported_functions; i < wasm_.functions.size(); ++i) {
      const auto& own = lowering.own_signatures();
      const auto at = std::find(own.begin(), own.end(), &lowering.signature_of(i));
      input.signature_of.push_back(static_cast<uint32_t>(at - own.begin()));
    }
    for (uint32_t i = 0; i < wasm_.memories.size(); ++i)
      input.is_guarded.push_back(lowering.is_guarded(i));
    input.cpu = processor_words(options_);
    input.producer = "waxwing, LLVM " LLVM_VERSION_STRING;
    Folder folder;
    const std::string path = TRY(folder.make());
    const Linked linked = TRY(link_object({object.data(), object.size()}, options_, path));
    return pack(input, linked);
  }

  void hear(llvm::StringRef name) {
    if (const FuncIndex index = index_of(name); index != kNoIndex && listener_.at)
      listener_.at(index);
  }

  /// Compares frames with what the functions' checks of the stack provide for.
  void check_frames(llvm::Module& ir, const CodeFacts& code) {
    for (const FunctionFacts& facts : code.functions) {
      const llvm::Function* const function = ir.getFunction(facts.name);
      if (function == nullptr || !function->hasFnAttribute(kFrameAttribute)) continue;
      uint32_t provided = 0;
      function->getFnAttribute(kFrameAttribute).getValueAsString().getAsInteger(10, provided);
      if (facts.stack_bytes <= provided) continue;
      frame_bytes_[facts.name] = facts.stack_bytes + facts.stack_bytes / 4;
      again_ = true;
    }
  }

  const waxwing::Module& wasm_;
  const Options& options_;
  const Listener& listener_;
  std::map<std::string, uint32_t> frame_bytes_;
  bool again_ = false;
};

std::string_view view(const WaxText& text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

} // namespace

Outcome<std::vector<uint8_t>> run_job(std::span<const uint8_t> module, FeatureSet features,
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
  options.polls = from.interrupt == WAX_INTERRUPT_POLL || !info->signal_traps;
  options.meters = from.metering != 0;
  options.deterministic = from.deterministic != 0;
  options.embed_module = from.embed_module != 0;
  options.checksum = from.checksum != 0;
  std::string_view cpu = view(from.cpu);
  if (cpu.empty() && target.empty()) cpu = "native";
  TRY(complete(options, cpu, view(from.cpu_features)));
  return options;
}

} // namespace waxwing::compile
