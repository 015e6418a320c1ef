// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/compiler_module.hpp"

#include <filesystem>
#include <string>

#include "waxwing/loadable.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

namespace {

/// `WaxCompileResult::function` where the error is about none.
constexpr uint32_t kNoFunction = 0xFFFFFFFF;
constexpr Loadable kCompiler = {"libwaxwing_compile.so", "compiler", compile::kEntrySymbol};
constexpr Loadable kNative = {kCompiler.file, kCompiler.title, compile::kNativeEntrySymbol};

int other_version() {
  return error("{}: this is the compiler of another version of the program", kCompiler.file);
}

} // namespace

std::expected<const WaxCompileInterface*, int> load_compiler() {
  const auto entry = load_part(kCompiler);
  if (!entry) return std::unexpected(error("{}", entry.error()));
  const WaxCompileInterface* const found = reinterpret_cast<WaxCompileEntry>(*entry)();
  if (found == nullptr || found->version != WAX_COMPILE_INTERFACE_VERSION)
    return std::unexpected(other_version());
  return found;
}

std::expected<const WaxNativeInterface*, int> load_native_compiler() {
  const auto entry = load_part(kNative);
  if (!entry) return std::unexpected(error("{}", entry.error()));
  const WaxNativeInterface* const found = reinterpret_cast<WaxNativeEntry>(*entry)();
  if (found == nullptr || found->version != WAX_NATIVE_INTERFACE_VERSION)
    return std::unexpected(other_version());
  return found;
}

std::string compiler_stamp() {
  const std::string path = find_part(kCompiler);
  std::error_code failed;
  const uint64_t size = path.empty() ? 0 : std::filesystem::file_size(path, failed);
  const auto time = path.empty() ? std::filesystem::file_time_type()
                                 : std::filesystem::last_write_time(path, failed);
  return failed ? std::string() : fmt::format("{}@{}", size, time.time_since_epoch().count());
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
                   const FunctionName& name_of)
    : compiler_(&compiler) {
  compiler.compile(&options, &result_);
  if (!failed()) return;
  if (result_.function != kNoFunction) {
    error_ = fmt::format("func {}", result_.function);
    if (const std::string name = name_of(result_.function); !name.empty())
      error_ += fmt::format(" \"{}\"", name);
    error_ += ": ";
  }
  error_ += result_.error;
}

} // namespace waxwing::tool
