// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/codegen.hpp"

#include <algorithm>
#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/Analysis/RuntimeLibcallInfo.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/CodeGen/AsmPrinter.h>
#include <llvm/CodeGen/CodeGenTargetMachineImpl.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineModuleInfo.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <mutex>
#include <optional>

#include "compile/direct_frames.hpp"
#include "compile/dispatch.hpp"
#include "compile/early_stores.hpp"
#include "compile/loop_alignment.hpp"
#include "compile/loop_counters.hpp"
#include "compile/loop_versioning.hpp"
#include "compile/module_lowering.hpp"
#include "compile/pass_choice.hpp"
#include "compile/pointers.hpp"
#include "compile/recursion.hpp"
#include "compile/short_address.hpp"
#include "compile/store_forwarding.hpp"
#include "platform/cpu.hpp"

namespace waxwing::compile {

namespace {

const llvm::Target* find_llvm_target(const Options& options) {
  std::string error;
  const llvm::Triple triple(options.info().triple);
  return llvm::TargetRegistry::lookupTarget(triple, error);
}

std::unique_ptr<llvm::MCSubtargetInfo> subtarget(Target target, llvm::StringRef cpu,
                                                 llvm::StringRef features) {
  Options options;
  options.target = target;
  const llvm::Target* const found = find_llvm_target(options);
  if (found == nullptr) return nullptr;
  return std::unique_ptr<llvm::MCSubtargetInfo>(
      found->createMCSubtargetInfo(llvm::Triple(options.info().triple), cpu, features));
}

std::string nearest(llvm::StringRef word, const std::vector<std::string>& words) {
  std::string best;
  unsigned distance = static_cast<unsigned>(word.size() / 2 + 1);
  for (const std::string& known : words)
    if (const unsigned d = word.edit_distance(known, true, distance); d < distance) {
      distance = d;
      best = known;
    }
  return best.empty() ? "" : "; did you mean '" + best + "'?";
}

void append_features(std::string& all, std::string_view more) {
  if (more.empty()) return;
  if (!all.empty()) all += ',';
  all += more;
}

/// A `musttail` that would lose arguments becomes a `tail`, which is guaranteed in `tailcc` too
/// (docs/abi.md, section 6).
void relax_musttail(llvm::Module& ir) {
  for (llvm::Function& function : ir) {
    std::vector<llvm::CallInst*> plain;
    bool found = false;
    for (llvm::BasicBlock& block : function)
      for (llvm::Instruction& at : block) {
        auto* const call = llvm::dyn_cast<llvm::CallInst>(&at);
        if (call == nullptr || llvm::isa<llvm::IntrinsicInst>(call)) continue;
        if (call->isMustTailCall()) {
          call->setTailCallKind(llvm::CallInst::TCK_Tail);
          found = true;
        } else {
          plain.push_back(call);
        }
      }
    if (!found) continue;
    function.removeFnAttr("disable-tail-calls");
    for (llvm::CallInst* call : plain) call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  }
}

/// Says which function comes next.
class BeginPass : public llvm::FunctionPass {
 public:
  static char ID;
  explicit BeginPass(const std::function<void(llvm::StringRef)>& at) : FunctionPass(ID), at_(at) {}
  llvm::StringRef getPassName() const override { return "waxwing begin"; }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override { usage.setPreservesAll(); }
  bool runOnFunction(llvm::Function& function) override {
    at_(function.getName());
    return false;
  }

 private:
  const std::function<void(llvm::StringRef)>& at_;
};

char BeginPass::ID = 0;

/// Strength reduction may leave nothing but a pointer outside of an object, which a collection does
/// not see (docs/abi.md, section 12). LLVM has the switch for the whole process only.
void set_strength_reduction(bool is_on) {
  static std::mutex lock;
  const std::lock_guard guard(lock);
  const auto& known = llvm::cl::getRegisteredOptions();
  const auto found = known.find("disable-lsr");
  if (found == known.end()) return;
  auto& is_off = static_cast<llvm::cl::opt<bool>&>(*found->second);
  if (is_off != !is_on) is_off.setValue(!is_on);
}

/// Settings of LLVM that exist as options of its programs only.
void set_llvm_options() {
  // A conditional move from memory would become a branch around the load, and lose its trap.
  // A sum of values with checks between them would be sunk behind the last check, and everything
  // that it is made of kept until then: time and memory grew with the square of the checks.
  // A widened counter leaves an exit test of which nobody knows how often it fails, so that no
  // loop with it is versioned.
  // What prepares functions for instruction selection goes over a whole one again and again until
  // nothing changes; from this many blocks on, over what has changed alone: the code is hardly
  // another, and a function of thousands of blocks takes a fifth of the time.
  constexpr std::pair<llvm::StringLiteral, llvm::StringLiteral> kSettings[] = {
      {"cgpp-huge-func", "100"},
      {"x86-cmov-converter-force-mem-operand", "false"},
      {"instcombine-code-sinking", "false"},
      {"indvars-widen-indvars", "false"}};
  const auto& known = llvm::cl::getRegisteredOptions();
  for (const auto& [name, value] : kSettings)
    if (const auto found = known.find(name); found != known.end())
      found->second->addOccurrence(0, name, value);
}

/// Without a sandbox nothing has to be exact, and LLVM does as it does for C. It has these switches
/// for the whole process only, which compiles one kind of code at a time.
void set_exactness(bool is_exact) {
  static std::mutex lock;
  const std::lock_guard guard(lock);
  const auto& known = llvm::cl::getRegisteredOptions();
  for (const char* name : {"x86-cmov-converter-force-mem-operand", "instcombine-code-sinking",
                           "indvars-widen-indvars"})
    if (const auto found = known.find(name); found != known.end()) {
      auto& is_on = static_cast<llvm::cl::opt<bool>&>(*found->second);
      if (is_on == is_exact) is_on.setValue(!is_exact);
    }
}

/// What every level does first where there is no sandbox.
llvm::FunctionPassManager direct_passes(const Options& options) {
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass());
  passes.addPass(DirectFrames(options.direct_stack_bytes));
  passes.addPass(FindPointers());
  return passes;
}

} // namespace

void initialize_targets() {
  static std::once_flag once;
  std::call_once(once, [] {
#define WAX_LLVM_TARGET(name)                                                                      \
  LLVMInitialize##name##TargetInfo();                                                              \
  LLVMInitialize##name##Target();                                                                  \
  LLVMInitialize##name##TargetMC();                                                                \
  LLVMInitialize##name##AsmPrinter();
    WAX_LLVM_TARGET(X86)
    WAX_LLVM_TARGET(AArch64)
    WAX_LLVM_TARGET(ARM)
    WAX_LLVM_TARGET(RISCV)
#undef WAX_LLVM_TARGET
    set_llvm_options();
  });
}

Outcome<void> complete(Options& options, std::string_view cpu, std::string_view features) {
  const image::TargetInfo& info = options.info();
  std::string all = info.features;
  append_features(all, options.target_facts().features);
  if (cpu == "native") {
    const image::TargetInfo* const host = host_target();
    if (host == nullptr || host->target != options.target)
      return failure("the processor 'native' is this machine's, and the target is another");
    // What this machine has and a loader can ask it for; tuned for this very processor.
    options.cpu = info.cpu;
    options.tune_cpu = llvm::sys::getHostCPUName().str();
    for (const llvm::SubtargetFeatureKV& feature :
         subtarget(options.target, info.cpu, "")->getAllProcessorFeatures())
      if (platform::cpu_has(feature.Key)) append_features(all, "+" + std::string(feature.Key));
  } else if (cpu.empty() || cpu == "generic") {
    options.cpu = info.cpu;
  } else {
    options.cpu = cpu;
  }

  const auto machine = subtarget(options.target, info.cpu, "");
  if (machine == nullptr)
    return failure("LLVM was built without the target " + std::string(info.name));
  if (!machine->isCPUStringValid(options.cpu)) {
    std::vector<std::string> words;
    for (const llvm::SubtargetSubTypeKV& known : machine->getAllProcessorDescriptions())
      words.emplace_back(known.Key);
    return failure("unknown processor '" + options.cpu + "' for " + info.name +
                   nearest(options.cpu, words));
  }
  llvm::SmallVector<llvm::StringRef> words;
  llvm::StringRef(features.data(), features.size()).split(words, ',', -1, false);
  for (llvm::StringRef word : words) {
    if (!word.starts_with("+") && !word.starts_with("-"))
      return failure("'" + word.str() + "': a feature begins with + or -");
    std::vector<std::string> known;
    bool found = false;
    for (const llvm::SubtargetFeatureKV& feature : machine->getAllProcessorFeatures()) {
      known.emplace_back(feature.Key);
      found = found || word.drop_front() == feature.Key;
    }
    if (!found)
      return failure("unknown processor feature '" + word.drop_front().str() + "' for " +
                     info.name + nearest(word.drop_front(), known));
    append_features(all, word.str());
  }
  options.features = all;
  const auto chosen = subtarget(options.target, options.cpu, options.features);
  const auto has = [&](const char* feature) {
    return feature != nullptr && (*feature == 0 || chosen->checkFeatures(feature));
  };
  options.has_rounding = has(options.target_facts().rounding);
  options.has_byte_shuffle = has(options.target_facts().byte_shuffle.feature);
  return {};
}

std::string list_words(Target target, std::string_view what) {
  const auto machine = subtarget(target, target_info(target).cpu, "");
  std::string out;
  if (machine == nullptr) return out;
  if (what == "cpu") {
    for (const llvm::SubtargetSubTypeKV& known : machine->getAllProcessorDescriptions())
      out += std::string(known.Key) + "\n";
  } else {
    for (const llvm::SubtargetFeatureKV& known : machine->getAllProcessorFeatures())
      out += std::string(known.Key) + "  " + known.Desc + "\n";
  }
  return out;
}

Outcome<std::unique_ptr<llvm::TargetMachine>> make_machine(const Options& options) {
  const llvm::Target* const target = find_llvm_target(options);
  if (target == nullptr)
    return failure(std::string("LLVM was built without the target ") + options.info().name);
  constexpr llvm::CodeGenOptLevel kLevels[] = {
      llvm::CodeGenOptLevel::None, llvm::CodeGenOptLevel::Less, llvm::CodeGenOptLevel::Default,
      llvm::CodeGenOptLevel::Aggressive};
  llvm::CodeGenOptLevel level = kLevels[options.optimization];
  if (level == llvm::CodeGenOptLevel::None && !options.target_facts().fast_selection)
    level = llvm::CodeGenOptLevel::Less;
  llvm::TargetOptions wanted;
  wanted.TrapUnreachable = false;
  wanted.EnableMachineOutliner = false;
  // Debuggers walk by it.
  wanted.ForceDwarfFrameSection = options.debug_info;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      llvm::Triple(options.info().triple), options.cpu, options.features, wanted, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, level));
  if (machine == nullptr) return failure("LLVM has no code generator for the target");
  machine->setOptLevel(level);
  return machine;
}

std::string processor_words(const Options& options) {
  const auto least = subtarget(options.target, options.info().cpu, options.info().features);
  const auto chosen = subtarget(options.target, options.cpu, options.features);
  // What only tunes code is no reason to refuse it.
  llvm::FeatureBitset tuning;
  for (const llvm::SubtargetSubTypeKV& known : chosen->getAllProcessorDescriptions())
    tuning |= known.TuneImplies.getAsBitset();
  std::string words = options.cpu + "\n";
  bool first = true;
  for (const llvm::SubtargetFeatureKV& feature : chosen->getAllProcessorFeatures()) {
    if (!chosen->getFeatureBits()[feature.Value] || least->getFeatureBits()[feature.Value] ||
        tuning[feature.Value])
      continue;
    words += (first ? "" : ",") + std::string(feature.Key);
    first = false;
  }
  return words;
}

Outcome<void> verify(const llvm::Module& ir) {
  std::string wrong;
  llvm::raw_string_ostream out(wrong);
  if (llvm::verifyModule(ir, &out)) return failure("the IR is not valid: " + wrong);
  return {};
}

void optimize(llvm::Module& ir, llvm::TargetMachine& machine, const waxwing::Module& wasm,
              const Options& options, const std::function<void(llvm::StringRef)>& at) {
  llvm::PassInstrumentationCallbacks callbacks;
  callbacks.registerBeforeNonSkippedPassCallback([&](llvm::StringRef, llvm::Any unit) {
    if (const auto* const function = llvm::any_cast<const llvm::Function*>(&unit))
      at((*function)->getName());
  });
  PassChoice choice;
  callbacks.registerShouldRunOptionalPassCallback([&](llvm::StringRef pass, const llvm::Any& unit) {
    return options.direct || choice.wants(pass, unit);
  });
  llvm::PipelineTuningOptions tuning;
  tuning.MergeFunctions = false;
  tuning.SLPVectorization = options.direct || LoopVersioning::is_wanted(options);
  set_exactness(!options.direct);
  llvm::PassBuilder builder(&machine, tuning, std::nullopt, &callbacks);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  if (options.direct)
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(direct_passes(options)));
  if (options.optimization == 0) {
    llvm::FunctionPassManager simple;
    simple.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(simple)));
  } else if (options.optimization == 1 && !options.for_size) {
    llvm::FunctionPassManager light;
    light.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    light.addPass(llvm::EarlyCSEPass(true));
    light.addPass(llvm::InstCombinePass());
    light.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(light)));
  } else {
    if (!options.direct)
      builder.registerVectorizerStartEPCallback(
          [&](llvm::FunctionPassManager& to, llvm::OptimizationLevel) {
            to.addPass(StoreForwarding(wasm));
            if (LoopVersioning::is_wanted(options)) to.addPass(LoopVersioning(wasm));
          });
    if (!options.direct)
      builder.registerOptimizerLastEPCallback(
          [](llvm::ModulePassManager& to, llvm::OptimizationLevel, llvm::ThinOrFullLTOPhase) {
            to.addPass(llvm::createModuleToFunctionPassAdaptor(LoopCounters()));
          });
    if (!options.direct && !options.for_size)
      builder.registerOptimizerEarlyEPCallback(
          [](llvm::ModulePassManager& to, llvm::OptimizationLevel, llvm::ThinOrFullLTOPhase) {
            to.addPass(InlineRecursion());
          });
    passes.addPass(builder.buildPerModuleDefaultPipeline(
        options.for_size            ? llvm::OptimizationLevel::Os
        : options.optimization == 3 ? llvm::OptimizationLevel::O3
                                    : llvm::OptimizationLevel::O2));
  }
  passes.run(ir, modules);
}

Outcome<llvm::SmallVector<char, 0>> generate(llvm::Module& ir, llvm::TargetMachine& machine,
                                             const Options& options, Output output, CodeFacts* code,
                                             const SourceMap* lines,
                                             const std::function<void(llvm::StringRef)>& at) {
  if (options.target_facts().musttail_is_broken) relax_musttail(ir);
  std::optional<CodePassChoice> choice;
  if (!options.direct) choice.emplace(ir);
  const bool is_light = options.optimization == 1 && !options.for_size;
  set_strength_reduction(!is_light && ir.getModuleFlag(kObjectsFlag) == nullptr);
  auto& target = static_cast<llvm::CodeGenTargetMachineImpl&>(machine);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (options.direct) {
    // The C library is there: what it has need not be made.
    const llvm::Triple& triple = machine.getTargetTriple();
    passes.add(new llvm::TargetLibraryInfoWrapperPass(triple));
    passes.add(new llvm::RuntimeLibraryInfoWrapper(triple));
  }
  llvm::TargetPassConfig* const config = target.createPassConfig(passes);
  config->setDisableVerify(true);
  // A frame is set up at a function's entry, and nowhere else.
  if (!options.direct) config->disablePass(&llvm::ShrinkWrapID);
  // It looks for masks of AVX-512 in scalar code.
  disable_pass(*config, "x86-domain-reassignment");
  if (is_light) disable_slow_passes(*config);
  // No variable has a value that a debugger would ask for.
  config->disablePass(&llvm::LiveDebugValuesID);
  if (threads_dispatch(options)) {
    const std::unique_ptr<llvm::FunctionPass> last(llvm::createCodeGenPrepareLegacyPass());
    config->insertPass(last->getPassID(), create_dispatch_pass());
  }
  passes.add(new BeginPass(at));
  passes.add(config);
  auto* const info = new llvm::MachineModuleInfoWrapperPass(&machine);
  passes.add(info);
  if (config->addISelPasses()) return failure("LLVM can't select instructions for the target");
  if (threads_dispatch(options)) passes.add(create_shared_table_pass());
  config->addMachinePasses();
  if (options.optimization != 0 && options.target_facts().bases_differ)
    passes.add(create_short_address_pass());
  if (options.optimization >= 2 && !options.for_size && options.target_facts().has_code_lines) {
    passes.add(create_early_store_pass());
    passes.add(create_loop_alignment_pass());
  }
  config->setInitialized();
  CodeMarks marks;
  if (code != nullptr) passes.add(create_site_pass(*code, marks, options));
  // Offsets have been read: from here on, lines are those of the source.
  if (lines != nullptr) passes.add(create_line_pass(*lines));
  auto streamer =
      target.createMCStreamer(stream, nullptr,
                              output == Output::object ? llvm::CodeGenFileType::ObjectFile
                                                       : llvm::CodeGenFileType::AssemblyFile,
                              info->getMMI().getContext());
  if (!streamer) return failure(llvm::toString(streamer.takeError()));
  llvm::MCStreamer& to = **streamer;
  llvm::FunctionPass* const printer =
      machine.getTarget().createAsmPrinter(machine, std::move(*streamer));
  if (printer == nullptr) return failure("LLVM can't write objects for the target");
  passes.add(printer);
  if (code != nullptr) passes.add(create_place_pass(marks, to));
  passes.add(llvm::createFreeMachineFunctionPass());
  passes.run(ir);
  if (code != nullptr) TRY(take_places(bytes, *code));
  return bytes;
}

} // namespace waxwing::compile
