// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler from outside: a loadable module behind a C interface.
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "api/convert.hpp"
#include "api/part.hpp"
// Behind the core, like the other public headers.
#include <waxwing/compile.hpp>

#include "compile/interface.hpp"
#include "platform/cpu.hpp"

namespace waxwing::inline v0 {

namespace {

using impl::ModuleState;

/// `WaxCompileResult::function` where the error is about none.
constexpr uint32_t kNoFunctionNumber = 0xFFFFFFFF;
constexpr impl::Part kCompiler = {"libwaxwing_compile.so", "compiler", kCompileEntry};

Result<const WaxCompileInterface*> load_compiler(const std::string& folder) {
  const auto entry = impl::load_part(kCompiler, folder);
  if (!entry) return impl::refuse(ErrorKind::compilation, entry.error());
  const WaxCompileInterface* const found = reinterpret_cast<WaxCompileEntry>(*entry)();
  if (found == nullptr || found->version != WAX_COMPILE_INTERFACE_VERSION)
    return impl::refuse(ErrorKind::compilation,
                        fmt::format("{}: this is the compiler of another version", kCompiler.file));
  return found;
}

WaxText text_of(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const WaxText& text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

int hear(void* context, uint32_t done, uint32_t total, uint64_t code_bytes) {
  const auto& progress = *static_cast<const std::function<bool(const CompileProgress&)>*>(context);
  return progress({.done = done, .total = total, .code_bytes = code_bytes}) ? 0 : 1;
}

/// The compiler's words for `NoSandboxOptions`, to which it refers.
struct DirectInput {
  explicit DirectInput(const NoSandboxOptions& options) {
    for (const std::string& path : options.inputs) inputs.push_back(text_of(path));
    for (const std::string& path : options.c_libraries) c_libraries.push_back(text_of(path));
    input.is_program = options.is_program ? 1 : 0;
    input.prefix = text_of(options.prefix);
    input.stack_bytes = options.stack_bytes;
    input.inputs = inputs.data();
    input.input_count = inputs.size();
    input.c_libraries = c_libraries.data();
    input.c_library_count = c_libraries.size();
  }
  DirectInput(const DirectInput&) = delete;

  std::vector<WaxText> inputs;
  std::vector<WaxText> c_libraries;
  WaxDirectInput input{};
};

/// What options and configuration say to the compiler; refers to both.
WaxCompileOptions wanted_of(const Module& module, const CompileOptions& options) {
  const Config& config = ModuleState::of(module)->engine->config;
  const bool no_signals = config.signals == Signals::off;
  const std::span<const std::byte> bytes = module.bytes();
  WaxCompileOptions wanted{};
  wanted.module = reinterpret_cast<const uint8_t*>(bytes.data());
  wanted.module_size = bytes.size();
  wanted.wasm_features = impl::EngineState::features(config.features).bits();
  wanted.target = text_of(options.target);
  wanted.cpu = text_of(options.cpu);
  wanted.cpu_features = text_of(options.cpu_features);
  wanted.optimization = options.small ? std::max(options.level, 2U) : options.level;
  wanted.optimize_size = options.small ? 1 : 0;
  wanted.emit = static_cast<uint32_t>(options.emit);
  wanted.bounds_checks =
      options.explicit_bounds_checks || no_signals ? WAX_BOUNDS_EXPLICIT : WAX_BOUNDS_AUTO;
  wanted.traps = options.calling_traps || no_signals ? WAX_TRAPS_CALL : WAX_TRAPS_AUTO;
  wanted.stack_checks =
      options.explicit_stack_checks || no_signals ? WAX_STACK_EXPLICIT : WAX_STACK_AUTO;
  wanted.interrupt = options.polling || no_signals ? WAX_INTERRUPT_POLL : WAX_INTERRUPT_AUTO;
  wanted.metering = config.metering ? 1 : 0;
  wanted.deterministic = config.deterministic ? 1 : 0;
  wanted.embed_module = options.embed_module ? 1 : 0;
  wanted.names_only = options.names_only ? 1 : 0;
  wanted.checksum = options.checksum ? 1 : 0;
  wanted.debug_info = options.debug_info ? 1 : 0;
  wanted.name = text_of(module.name());
  wanted.trace = static_cast<uint32_t>(options.trace);
  wanted.frame_fields = options.trace == TraceMode::frames ? options.frame_fields : 0;
  wanted.split_trace = options.trace_file.empty() ? 0 : 1;
  wanted.trace_file = text_of(options.trace_file);
  wanted.check_sites = options.check_sites ? 1 : 0;
  wanted.threads = options.threads;
  if (options.progress) {
    wanted.progress = &hear;
    wanted.progress_context =
        const_cast<std::function<bool(const CompileProgress&)>*>(&options.progress);
  }
  return wanted;
}
static_assert(static_cast<uint32_t>(Emit::image) == WAX_EMIT_IMAGE &&
              static_cast<uint32_t>(Emit::object) == WAX_EMIT_OBJECT &&
              static_cast<uint32_t>(Emit::llvm_ir) == WAX_EMIT_IR &&
              static_cast<uint32_t>(Emit::assembly) == WAX_EMIT_ASSEMBLY &&
              static_cast<uint32_t>(Emit::no_sandbox_object) == WAX_EMIT_DIRECT);
static_assert(static_cast<uint32_t>(TraceMode::table) == WAX_TRACE_TABLE &&
              static_cast<uint32_t>(TraceMode::frames) == WAX_TRACE_FRAMES &&
              static_cast<uint32_t>(TraceMode::none) == WAX_TRACE_NONE &&
              static_cast<uint32_t>(TraceMode::automatic) == WAX_TRACE_AUTO);
static_assert(frame_field::func_idx == WAX_FRAME_FUNC_IDX && frame_field::ip == WAX_FRAME_IP &&
              frame_field::trap_ip == WAX_FRAME_TRAP_IP && frame_field::sp == WAX_FRAME_SP &&
              frame_field::locals == WAX_FRAME_LOCALS && frame_field::params == WAX_FRAME_PARAMS &&
              frame_field::bounds_checks == WAX_FRAME_BOUNDS_CHECKS);

/// Where the operators of a module that was made from text stand in it.
std::vector<WaxSourceLine> lines_of_text(ModuleState& state) {
  ModuleState& from = state.origin != nullptr ? *state.origin : state;
  // Makes the map.
  (void)from.position(0);
  std::vector<size_t> starts{0};
  for (size_t i = 0; i < from.source.size(); ++i)
    if (from.source[i] == '\n') starts.push_back(i + 1);
  std::vector<WaxSourceLine> lines;
  for (const text::SourceLocation& at : from.source_map) {
    const auto behind = std::ranges::upper_bound(starts, at.source);
    lines.push_back({at.code, static_cast<uint32_t>(behind - starts.begin()),
                     static_cast<uint32_t>(at.source - *(behind - 1) + 1)});
  }
  return lines;
}

/// Memory of the compiler's, given back at the end.
class Output {
 public:
  explicit Output(const WaxCompileInterface& compiler) : compiler_(compiler) {}
  ~Output() { compiler_.release(&result); }
  Output(const Output&) = delete;

  WaxCompileResult result{};

 private:
  const WaxCompileInterface& compiler_;
};

Result<std::string> list(const std::string& target, const char* what, const std::string& folder) {
  Result<const WaxCompileInterface*> compiler = load_compiler(folder);
  if (!compiler) return std::unexpected(std::move(compiler.error()));
  Output output(**compiler);
  const WaxText of = text_of(target);
  (*compiler)->list(&of, what, &output.result);
  if (output.result.bytes == nullptr)
    return impl::refuse(ErrorKind::compilation, output.result.error);
  return std::string(reinterpret_cast<const char*>(output.result.bytes), output.result.size);
}

} // namespace

Result<Compiled> compile(const Module& module, const CompileOptions& options) {
  ModuleState& state = *ModuleState::of(module);
  if (state.source_module().has_no_code)
    return impl::refuse(ErrorKind::usage,
                        fmt::format("{}: an image without the module's code cannot be compiled "
                                    "again: compile the module itself",
                                    state.name));
  Result<const WaxCompileInterface*> compiler = load_compiler(options.folder);
  if (!compiler) return std::unexpected(std::move(compiler.error()));
  const auto output = std::make_shared<Output>(**compiler);
  const WaxCompileResult& result = output->result;
  WaxCompileOptions wanted = wanted_of(module, options);
  std::vector<WaxSourceLine> lines;
  if (options.debug_info && state.is_text()) lines = lines_of_text(state);
  wanted.source_lines = lines.data();
  wanted.source_line_count = lines.size();
  const DirectInput direct(options.no_sandbox);
  if (options.emit == Emit::no_sandbox_object) wanted.direct = &direct.input;
  (*compiler)->compile(&wanted, &output->result);
  if (result.bytes != nullptr)
    return Compiled(std::as_bytes(std::span(result.bytes, result.size)),
                    std::as_bytes(std::span(result.trace, result.trace_size)),
                    result.error != nullptr ? result.error : "", output);
  Error error = impl::make_error(ErrorKind::compilation, {});
  error.reason = result.error;
  std::string function;
  if (result.function != kNoFunctionNumber) {
    function = fmt::format("func {}", result.function);
    if (const std::string name = state.function_name(result.function); !name.empty())
      function += fmt::format(" \"{}\"", name);
    function += ": ";
  }
  error.message = fmt::format("{}: {}{}", state.name, function, error.reason);
  return std::unexpected(std::move(error));
}

Result<Module> with_machine_code(const Module& module, const CompileOptions& options) {
  Result<Compiled> image = compile(module, options);
  if (!image) return std::unexpected(std::move(image.error()));
  return module.with_code(image->bytes(), image->owner());
}

std::string compile_key(const Module& module, const CompileOptions& options) {
  // One build of the compiler is told from another by its file.
  const std::string path = impl::find_part(kCompiler, options.folder);
  std::error_code failed;
  if (path.empty()) return {};
  const uint64_t size = std::filesystem::file_size(path, failed);
  const auto time = std::filesystem::last_write_time(path, failed);
  if (failed) return {};
  const WaxCompileOptions o = wanted_of(module, options);
  return fmt::format(
      "waxwing {} format {} abi {} compiler {}@{} processor {:x} features {:x} "
      "target '{}' cpu '{}' '{}' O {} {} emit {} checks {} traps {} stack {} "
      "interrupt {} metering {} deterministic {} embed {} names {} checksum {} debug {} '{}' "
      "trace {} {} '{}'",
      version(), image::kFormatVersion, image::kAbiNumber, size, time.time_since_epoch().count(),
      platform::cpu_identity(), o.wasm_features, view(o.target), view(o.cpu), view(o.cpu_features),
      o.optimization, o.optimize_size, o.emit, o.bounds_checks, o.traps, o.stack_checks,
      o.interrupt, o.metering, o.deterministic, o.embed_module, o.names_only, o.checksum,
      o.debug_info, o.debug_info != 0 ? view(o.name) : std::string_view(), o.trace, o.frame_fields,
      view(o.trace_file));
}

std::vector<CompileTarget> compile_targets() {
  const image::TargetInfo* const host = image::host_target();
  std::vector<CompileTarget> out;
  for (const image::TargetInfo& target : image::kTargets)
    out.push_back({.name = target.name,
                   .triple = target.triple,
                   .cpu = target.cpu,
                   .pointer_bytes = target.pointer,
                   .has_guard_pages = target.guards,
                   .is_this_machine = &target == host});
  return out;
}

Result<std::string> compile_cpus(const std::string& target, const std::string& folder) {
  return list(target, "cpu", folder);
}

Result<std::string> compile_cpu_features(const std::string& target, const std::string& folder) {
  return list(target, "features", folder);
}

} // namespace waxwing::inline v0
