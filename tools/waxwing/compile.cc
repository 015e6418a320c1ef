// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <filesystem>
#include <fmt/format.h>
#include <waxwing/compile.hpp>

#include "waxwing/compiled_code.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_source.hpp"
#include "waxwing/nearest.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

/// What is the matter with a name of a target, or nothing.
std::string target_error(std::string_view target) {
  std::vector<std::string_view> names;
  std::string all;
  for (const CompileTarget& known : compile_targets()) {
    names.push_back(known.name);
    all += (all.empty() ? "" : ", ") + std::string(known.name);
  }
  for (const std::string_view name : names)
    if (name == target || target == "thumbv8m.main") return {};
  return fmt::format("--target: there is no target '{}'{}\n  there are {}", target,
                     did_you_mean(target, names), all);
}

Config engine_config(const CompileOptions& options) {
  Config config;
  config.features = chosen_features(options.features);
  config.signals = options.code.signals ? Signals::on : Signals::off;
  config.metering = options.metering;
  config.deterministic = options.deterministic;
  return config;
}

std::string default_output(const CompileOptions& options) {
  constexpr const char* kExtensions[] = {".wax", ".o", ".ll", ".s"};
  std::filesystem::path path = std::filesystem::path(options.file).filename();
  return path.replace_extension(kExtensions[static_cast<size_t>(options.emit)]).string();
}

} // namespace

int execute(const CompileOptions& options) {
  if (options.target == "help") return execute(TargetsOptions{});
  if (!options.target.empty())
    if (const std::string wrong = target_error(options.target); !wrong.empty()) {
      print_error(wrong);
      return kExitUsage;
    }
  if (options.code.asks()) return print_processors(options.code, options.target);
  const auto module = load_module(Engine(engine_config(options)), options.file, Images::refused);
  if (!module) return module.error();
  waxwing::CompileOptions wanted = compile_options(options.code);
  wanted.target = options.target;
  wanted.emit = options.emit;
  wanted.embed_module = options.embed_wasm;
  wanted.checksum = options.checksum;
  wanted.debug_info = options.debug;
  wanted.trace_file = std::filesystem::path(options.split_trace).filename().string();
  wanted.check_sites = options.check_sites;
  const Result<Compiled> made = compile_visibly(*module, std::move(wanted));
  if (!made) return print_error(made.error().message);
  if (!made->notes().empty()) fmt::print(stderr, "{}\n", made->notes());
  if (!options.split_trace.empty()) {
    const std::span<const std::byte> trace = made->trace();
    if (trace.empty()) return error("--split-trace: only images have what it splits off");
    if (const int code = write_output(options.split_trace,
                                      {reinterpret_cast<const char*>(trace.data()), trace.size()});
        code != 0)
      return code;
  }
  const std::string output = options.output.empty() ? default_output(options) : options.output;
  return write_output(output,
                      {reinterpret_cast<const char*>(made->bytes().data()), made->bytes().size()});
}

} // namespace waxwing::tool
