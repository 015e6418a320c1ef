// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/compiler_module.hpp"

#include <string>

#include "describe/names.hpp"
#include "waxwing/loadable.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

std::expected<const WaxCompileInterface*, int> load_compiler() {
  static constexpr Loadable kCompiler = {"libwaxwing_compile.so", "compiler",
                                         compile::kEntrySymbol};
  const auto entry = load_part(kCompiler);
  if (!entry) return std::unexpected(error("{}", entry.error()));
  const WaxCompileInterface* const found = reinterpret_cast<WaxCompileEntry>(*entry)();
  if (found == nullptr || found->version != WAX_COMPILE_INTERFACE_VERSION)
    return std::unexpected(
        error("{}: this is the compiler of another version of the program", kCompiler.file));
  return found;
}

WaxCompileOptions compiler_options(const CodeOptions& options) {
  WaxCompileOptions out{};
  out.cpu = text_of(options.cpu);
  out.cpu_features = text_of(options.cpu_features);
  out.optimization = options.level == 's' ? 2 : static_cast<uint32_t>(options.level - '0');
  out.optimize_size = options.level == 's' ? 1 : 0;
  out.bounds_checks = options.explicit_checks ? WAX_BOUNDS_EXPLICIT : WAX_BOUNDS_AUTO;
  out.traps = options.call_traps ? WAX_TRAPS_CALL : WAX_TRAPS_AUTO;
  out.interrupt = options.polls ? WAX_INTERRUPT_POLL : WAX_INTERRUPT_AUTO;
  out.threads = static_cast<uint32_t>(options.jobs);
  return out;
}

Compiled::Compiled(const WaxCompileInterface& compiler, const WaxCompileOptions& options,
                   const Module& module)
    : compiler_(&compiler) {
  compiler.compile(&options, &result_);
  if (!failed()) return;
  if (result_.function != kNoIndex) {
    error_ = fmt::format("func {}", result_.function);
    if (const std::string name = describe::FunctionNames(module).name_of(result_.function);
        !name.empty())
      error_ += fmt::format(" \"{}\"", name);
    error_ += ": ";
  }
  error_ += result_.error;
}

} // namespace waxwing::tool
