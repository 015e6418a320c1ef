// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

#include "describe/names.hpp"
#include "image/format.hpp"
#include "platform/memory.hpp"
#include "wasm/module.hpp"
#include "waxwing/compiler_module.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/nearest.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/progress_line.hpp"
#include "waxwing/units.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

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
  if (options.target == "help") return execute(TargetsOptions{});
  if (!options.target.empty())
    if (const std::string wrong = target_error(options.target); !wrong.empty()) {
      print_error(wrong);
      return kExitUsage;
    }
  const bool asks = options.code.cpu == "help" || options.code.cpu_features == "help";
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
  if (asks) return list(**compiler, options, options.code.cpu == "help" ? "cpu" : "features");

  WaxCompileOptions wanted = compiler_options(options.code);
  wanted.module = file->bytes().data();
  wanted.module_size = file->bytes().size();
  wanted.wasm_features = options.features.bits();
  wanted.target = text_of(options.target);
  wanted.emit = options.emit;
  wanted.metering = options.metering ? 1 : 0;
  wanted.deterministic = options.deterministic ? 1 : 0;
  wanted.embed_module = options.embed_wasm ? 1 : 0;
  wanted.checksum = options.checksum ? 1 : 0;
  wanted.split_trace = options.split_trace.empty() ? 0 : 1;
  wanted.check_sites = options.check_sites ? 1 : 0;
  const std::string trace_file = std::filesystem::path(options.split_trace).filename().string();
  wanted.trace_file = text_of(trace_file);
  ProgressLine line;
  wanted.progress = ProgressLine::hear;
  wanted.progress_context = &line;

  describe::FunctionNames names(module);
  const Compiled made(**compiler, wanted,
                      [&](uint32_t function) { return names.name_of(function); });
  line.clear();
  if (made.failed()) return error("{}: {}", options.file, made.error());
  if (!made.notes().empty()) fmt::print(stderr, "{}\n", made.notes());
  if (!options.split_trace.empty()) {
    const std::span<const uint8_t> trace = made.trace();
    if (trace.empty()) return error("--split-trace: only images have what it splits off");
    if (const int code = write_output(options.split_trace,
                                      {reinterpret_cast<const char*>(trace.data()), trace.size()});
        code != 0)
      return code;
  }
  const std::string output = options.output.empty() ? default_output(options) : options.output;
  return write_output(output,
                      {reinterpret_cast<const char*>(made.bytes().data()), made.bytes().size()});
}

} // namespace waxwing::tool
