// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/native_no_sandbox.hpp"

#include <filesystem>
#include <fmt/format.h>

#include "waxwing/compiled_code.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

namespace {

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// The first option that only a sandbox gives a meaning, or null.
const char* option_of_sandbox(const NativeOptions& options) {
  if (!options.folders.empty()) return "--dir";
  if (!options.environment.empty()) return "--env";
  if (options.inherit_environment) return "--inherit-env";
  if (options.timeout_ms) return "--timeout";
  if (options.memory_bytes) return "--max-memory";
  if (options.gc_heap_bytes) return "--gc-heap";
  if (options.table_elements) return "--max-table";
  if (options.max_threads) return "--max-threads";
  if (options.runtime_options) return "--runtime-options";
  if (options.deterministic) return "--deterministic";
  if (!options.instances.empty()) return "--instance";
  if (options.share_runtime) return "--share-runtime";
  if (options.trace_lines) return "--trace-lines";
  if (options.debug_info) return "--debug-info";
  if (options.code.explicit_checks) return "--bounds-checks";
  return nullptr;
}

int usage(std::string_view text) {
  (void)print_error(text);
  return kExitUsage;
}

} // namespace

std::expected<void, int> check_sandbox_options(const NativeOptions& options) {
  if (!options.no_sandbox) {
    if (!options.inputs.empty())
      return std::unexpected(
          usage("more than one file given: native takes one, and what it is linked with only with "
                "--no-sandbox"));
    if (!options.libraries.empty() || !options.link_folders.empty())
      return std::unexpected(usage(
          fmt::format("{}: a module in its sandbox is linked with nothing; --no-sandbox is for "
                      "those that call the host's libraries",
                      options.libraries.empty() ? "-L" : "-l")));
    return {};
  }
  if (const char* const option = option_of_sandbox(options))
    return std::unexpected(usage(fmt::format(
        "{}: it has no meaning with --no-sandbox, where nothing is kept from the guest", option)));
  const bool is_linked = options.emit == NativeEmit::exe || options.emit == NativeEmit::shared;
  if (!is_linked && !(options.inputs.empty() && options.libraries.empty()))
    return std::unexpected(usage(
        "objects and libraries are for --emit=exe and --emit=shared: what is made here is linked "
        "with them later"));
  return {};
}

std::expected<std::vector<std::string>, std::string>
find_link_inputs(const NativeTarget& target, const NativeOptions& options) {
  std::vector<std::string> inputs = options.inputs;
  for (const std::string& input : inputs)
    if (!exists(input)) return std::unexpected(fmt::format("{}: there is no such file", input));
  std::vector<std::string> folders = options.link_folders;
  for (const std::string& folder : library_folders(target)) folders.push_back(folder);
  const bool is_static = options.emit == NativeEmit::exe && options.link == NativeLink::fixed;
  for (const std::string& library : options.libraries) {
    std::string found;
    for (const std::string& folder : folders) {
      const std::string base = fmt::format("{}/lib{}", folder, library);
      if (!is_static && exists(base + ".so"))
        found = base + ".so";
      else if (exists(base + ".a"))
        found = base + ".a";
      if (!found.empty()) break;
    }
    if (found.empty())
      return std::unexpected(
          fmt::format("-l {0}: there is no lib{0}.a{1} in the folders of -L and of the system{2}",
                      library, is_static ? "" : " or .so",
                      is_static ? " (--link=dynamic takes a lib" + library + ".so as well)" : ""));
    inputs.push_back(std::move(found));
  }
  return inputs;
}

std::expected<std::string, int>
no_sandbox_object(const Module& module, const NativeOptions& options, const NativeTarget& target) {
  waxwing::CompileOptions wanted = compile_options(options.code);
  wanted.target = target.name;
  // It may run on another machine than this one, as what C compilers make.
  if (wanted.cpu.empty()) wanted.cpu = "generic";
  wanted.emit = Emit::no_sandbox_object;
  wanted.no_sandbox.is_program = options.emit == NativeEmit::exe;
  wanted.no_sandbox.prefix = options.prefix;
  if (options.stack_bytes) wanted.no_sandbox.stack_bytes = *options.stack_bytes;
  auto inputs = find_link_inputs(target, options);
  if (!inputs) return std::unexpected(print_error(inputs.error()));
  wanted.no_sandbox.inputs = std::move(*inputs);
  for (const std::string& folder : library_folders(target))
    if (const std::string library = folder + "/libc.a"; exists(library))
      wanted.no_sandbox.c_libraries.push_back(library);
  const Result<Compiled> object = compile_visibly(module, std::move(wanted));
  if (!object) return std::unexpected(print_error(object.error().message));
  return std::string(reinterpret_cast<const char*>(object->bytes().data()), object->bytes().size());
}

} // namespace waxwing::tool
