// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/direct_job.hpp"

#include <set>

#include "compile/codegen.hpp"
#include "compile/definitions.hpp"
#include "compile/direct_module.hpp"
#include "compile/module_lowering.hpp"
#include "platform/memory.hpp"

namespace waxwing::compile {

namespace {

std::string_view view(const WaxText& text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

class DirectJob {
 public:
  DirectJob(const DirectGuest& guest, const Options& options, const WaxDirectInput& input,
            const Listener& listener)
      : guest_(guest), options_(options), input_(input), listener_(listener),
        functions_(static_cast<uint32_t>(guest.wasm().functions.size() -
                                         guest.wasm().imported_functions)) {}

  Outcome<std::vector<uint8_t>> run() {
    TRY(check_beginning());
    TRY(check_imports());
    const ModulePlan plan(guest_.wasm(), false);
    llvm::LLVMContext context;
    ModuleLowering lowering(context, plan, plan.parts()[0], options_);
    DirectModule direct(guest_, lowering);
    lowering.set_direct(&direct);
    TRY(direct.make_data());
    TRY(lowering.run([this](FuncIndex function) {
      if (listener_.at) listener_.at(function);
      return true;
    }));
    direct.finish(input_.is_program != 0);
    llvm::Module& ir = lowering.ir();
    TRY(verify(ir));
    const std::unique_ptr<llvm::TargetMachine> machine = TRY(make_machine(options_));
    ir.setDataLayout(machine->createDataLayout());
    optimize(ir, *machine, guest_.wasm(), options_, [](llvm::StringRef) {});
    name_functions(ir);
    const auto object = TRY(generate(ir, *machine, options_, Output::object, nullptr, nullptr,
                                     [this](llvm::StringRef name) {
                                       if (!name.starts_with(kGuest) || done_ >= functions_) return;
                                       ++done_;
                                       if (listener_.progress)
                                         (void)listener_.progress(done_, functions_, 0);
                                     }));
    return std::vector<uint8_t>(object.begin(), object.end());
  }

 private:
  static constexpr const char* kGuest = "guest.";

  Outcome<void> check_beginning() const {
    if (input_.is_program == 0 || guest_.main()) return {};
    return failure("it has no 'main' and no '_start': link it with "
                   "-Wl,--no-entry,--export-if-defined=__main_argc_argv,"
                   "--export-if-defined=__main_void (or with --config=share/waxwing/nosandbox/"
                   "wasm64.cfg, which says that), or make a library of it (--emit=static)");
  }

  /// Nothing is bound to a function of the C library that may be called another way by C: what the
  /// table has not comes from one of the inputs, or for a library from whoever it is linked with.
  Outcome<void> check_imports() const {
    std::set<std::string> wanted;
    for (const HostImport& import : guest_.imports())
      if (import.known == nullptr) wanted.insert(import.symbol);
    for (size_t i = 0; i < input_.input_count && !wanted.empty(); ++i)
      TRY(take_defined(std::string(view(input_.inputs[i])), wanted));
    std::set<std::string> of_nobody = wanted;
    for (size_t i = 0; i < input_.c_library_count && !of_nobody.empty(); ++i)
      TRY(take_defined(std::string(view(input_.c_libraries[i])), of_nobody));
    for (const std::string& name : wanted)
      if (!of_nobody.contains(name))
        return failure("import " + name +
                       ": the C library has it, but the table of what guests can call without a "
                       "sandbox has not; call it from a function of the host that does");
    if (wanted.empty() || input_.is_program == 0) return {};
    const std::string& name = *wanted.begin();
    std::string text =
        "import " + name + ": it is no function of the C library that guests can call";
    if (const HostFunction* const meant = nearest_host_function(name))
      text += std::string(" (did you mean '") + meant->name + "'?)";
    return failure(text +
                   ", and no object or library is named that defines it: name one behind the "
                   "module (host.o, libhost.a), or with -l NAME");
  }

  /// Names that debuggers and profilers show. None is one of C, so that no call that LLVM makes by
  /// name ends at a function of the guest.
  void name_functions(llvm::Module& ir) const {
    for (FuncIndex i = guest_.wasm().imported_functions; i < guest_.wasm().functions.size(); ++i)
      if (llvm::Function* const function = ir.getFunction(direct_name(i))) {
        const std::string_view name = guest_.function_name(i);
        if (!name.empty()) function->setName(kGuest + std::string(name));
      }
  }

  const DirectGuest& guest_;
  const Options& options_;
  const WaxDirectInput& input_;
  const Listener& listener_;
  const uint32_t functions_;
  uint32_t done_ = 0;
};

} // namespace

Outcome<Packed> run_direct(std::span<const uint8_t> module, FeatureSet features,
                           const Options& options, const WaxDirectInput& input,
                           const Listener& listener) {
  return contain(
      [&](const Listener& to) -> Outcome<Packed> {
        waxwing::Module wasm(platform::default_allocator());
        const auto decoded = decode(module, features, wasm);
        if (!decoded || !validate(wasm)) return failure("the module is not valid");
        const DirectGuest guest = TRY(DirectGuest::make(wasm, view(input.prefix)));
        return Packed {
          TRY(DirectJob(guest, options, input, to).run())
          , {}, {}
        };
      },
      listener);
}

} // namespace waxwing::compile
