// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

#include "describe/names.hpp"
#include "image/format.hpp"
#include "platform/memory.hpp"
#include "platform/terminal.hpp"
#include "wasm/module.hpp"
#include "waxwing/compiler_module.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/nearest.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/units.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

WaxText text_of(std::string_view text) { return {text.data(), text.size()}; }

/// A line on the terminal that is written over.
class ProgressLine {
 public:
  ProgressLine() : shown_(platform::is_terminal(2)) {}
  ~ProgressLine() { clear(); }
  void clear() {
    if (written_) fmt::print(stderr, "\r\x1b[K");
    written_ = false;
  }
  void show(uint32_t done, uint32_t total, uint64_t bytes) {
    using namespace std::chrono;
    if (!shown_) return;
    const auto now = steady_clock::now();
    if (now - last_ < 100ms) return;
    last_ = now;
    written_ = true;
    fmt::print(stderr, "\r\x1b[Kcompiling: {} of {} functions, {} KB", done, total, bytes / 1024);
    std::fflush(stderr);
  }

 private:
  bool shown_;
  bool written_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

int progress(void* context, uint32_t done, uint32_t total, uint64_t bytes) {
  static_cast<ProgressLine*>(context)->show(done, total, bytes);
  return 0;
}

/// What is the matter with a name of a target, or nothing.
std::string target_error(std::string_view target) {
  std::vector<std::string_view> names;
  std::string all;
  for (const image::TargetInfo& info : image::kTargets) {
    names.emplace_back(info.name);
    all += (all.empty() ? "" : ", ") + std::string(info.name);
  }
  for (std::string_view name : names)
    if (name == target || target == "thumbv8m.main") return {};
  return fmt::format("--target: there is no target '{}'{}\n  there are {}", target,
                     did_you_mean(target, names), all);
}

/// Prints what LLVM knows of processors or features.
int list(const WaxCompileInterface& compiler, const CompileOptions& options, const char* what) {
  WaxCompileResult result{};
  const WaxText target = text_of(options.target);
  compiler.list(&target, what, &result);
  int code = 0;
  if (result.bytes != nullptr)
    std::fwrite(result.bytes, 1, result.size, stdout);
  else
    code = print_error(result.error);
  compiler.release(&result);
  return code;
}

std::string default_output(const CompileOptions& options) {
  constexpr const char* kExtensions[] = {".wax", ".o", ".ll", ".s"};
  std::filesystem::path path = std::filesystem::path(options.file).filename();
  return path.replace_extension(kExtensions[options.emit]).string();
}

} // namespace

int execute(const CompileOptions& options) {
  if (options.target == "help") {
    for (const image::TargetInfo& info : image::kTargets)
      fmt::print("{:<15}{}\n", info.name, info.triple);
    return 0;
  }
  if (!options.target.empty())
    if (const std::string wrong = target_error(options.target); !wrong.empty()) {
      print_error(wrong);
      return kExitUsage;
    }
  const bool asks = options.cpu == "help" || options.cpu_features == "help";
  std::expected<ModuleFile, int> file;
  Module module(platform::default_allocator());
  if (!asks) {
    file = open_module(options.file, options.features);
    if (!file) return file.error();
    auto checked = decode(file->bytes(), options.features, module);
    if (checked) checked = waxwing::validate(module);
    if (!checked) return print_module_error(*file, options.features, checked.error());
  }
  const auto compiler = load_compiler();
  if (!compiler) return compiler.error();
  if (asks) return list(**compiler, options, options.cpu == "help" ? "cpu" : "features");

  WaxCompileOptions wanted{};
  wanted.module = file->bytes().data();
  wanted.module_size = file->bytes().size();
  wanted.wasm_features = options.features.bits();
  wanted.target = text_of(options.target);
  wanted.cpu = text_of(options.cpu);
  wanted.cpu_features = text_of(options.cpu_features);
  wanted.optimization = options.level == 's' ? 2 : static_cast<uint32_t>(options.level - '0');
  wanted.optimize_size = options.level == 's' ? 1 : 0;
  wanted.emit = options.emit;
  wanted.bounds_checks = options.explicit_checks ? WAX_BOUNDS_EXPLICIT : WAX_BOUNDS_AUTO;
  wanted.traps = options.call_traps ? WAX_TRAPS_CALL : WAX_TRAPS_AUTO;
  wanted.interrupt = options.polls ? WAX_INTERRUPT_POLL : WAX_INTERRUPT_AUTO;
  wanted.metering = options.metering ? 1 : 0;
  wanted.deterministic = options.deterministic ? 1 : 0;
  wanted.embed_module = options.embed_wasm ? 1 : 0;
  wanted.checksum = options.checksum ? 1 : 0;
  wanted.threads = static_cast<uint32_t>(options.jobs);
  ProgressLine line;
  wanted.progress = progress;
  wanted.progress_context = &line;

  WaxCompileResult result{};
  (*compiler)->compile(&wanted, &result);
  line.clear();
  int code = 0;
  if (result.bytes == nullptr) {
    std::string place;
    if (result.function != kNoIndex) {
      place = fmt::format("func {}", result.function);
      if (const std::string name = describe::FunctionNames(module).name_of(result.function);
          !name.empty())
        place += fmt::format(" \"{}\"", name);
      place += ": ";
    }
    code = error("{}: {}{}", options.file, place, result.error);
  } else {
    const std::string output = options.output.empty() ? default_output(options) : options.output;
    code = write_output(output, {reinterpret_cast<const char*>(result.bytes), result.size});
  }
  (*compiler)->release(&result);
  return code;
}

} // namespace waxwing::tool
