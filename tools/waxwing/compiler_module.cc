// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/compiler_module.hpp"

#include <filesystem>
#include <fmt/ranges.h>
#include <string>
#include <vector>

#include "describe/names.hpp"
#include "platform/library.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

namespace {

constexpr const char* kName = "libwaxwing_compile.so";

/// Where the compiler can be: beside the program, as it is built; in the library folder, as it is
/// installed. Empty where the program does not know its own place.
std::vector<std::string> folders() {
  char folder[4096];
  if (!platform::program_folder(folder, sizeof folder)) return {};
  return {folder, std::string(folder) + "/../lib/waxwing"};
}

/// The path of the compiler, or nothing.
std::string find_compiler() {
  std::error_code ignored;
  for (const std::string& folder : folders())
    if (std::string path = folder + "/" + kName; std::filesystem::exists(path, ignored))
      return path;
  return {};
}

} // namespace

std::expected<const WaxCompileInterface*, int> load_compiler() {
  const std::string path = find_compiler();
  if (path.empty()) {
    const std::vector<std::string> looked = folders();
    if (looked.empty())
      return std::unexpected(error("this program does not know where it is, and so not where the "
                                   "compiler is"));
    return std::unexpected(error("there is no compiler in this installation: {} is not in {} "
                                 "(builds with -DWAXWING_COMPILE=OFF have none)",
                                 kName, fmt::join(looked, " and in ")));
  }
  const char* why = nullptr;
  void* const library = platform::load_library(path.c_str(), why);
  if (library == nullptr) return std::unexpected(error("the compiler can't be loaded: {}", why));
  const auto entry =
      reinterpret_cast<WaxCompileEntry>(platform::find_symbol(library, compile::kEntrySymbol));
  const WaxCompileInterface* const found = entry == nullptr ? nullptr : entry();
  if (found == nullptr || found->version != WAX_COMPILE_INTERFACE_VERSION)
    return std::unexpected(
        error("{}: this is the compiler of another version of the program", path));
  return found;
}

std::string compiler_stamp() {
  const std::string path = find_compiler();
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
