// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Native programs and libraries: compile to an image, put that into an object with what C needs,
// and link it with the runtime.
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <waxwing/native.hpp>

#include "waxwing/compiled_code.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_source.hpp"
#include "waxwing/native_link.hpp"
#include "waxwing/native_no_sandbox.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/verbs.hpp"
#include "waxwing/work_folder.hpp"

namespace waxwing::tool {

namespace {

namespace fs = std::filesystem;

bool is_identifier(std::string_view word) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !word.empty() && is_letter(word[0]) &&
         std::ranges::all_of(word, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// The file's name as a C identifier.
std::string default_prefix(const std::string& file) {
  std::string name = fs::path(file).stem().string();
  for (char& c : name)
    if (!is_identifier(std::string_view("_" + std::string(1, c)))) c = '_';
  return is_identifier(name) ? name : "_" + name;
}

/// What is fixed for each run, in the words of the program's own options.
std::vector<std::string> fixed_words(const NativeOptions& options) {
  std::vector<std::string> words;
  for (const FolderOption& folder : options.folders)
    words.push_back(
        fmt::format("--dir={}::{}:{}", folder.host, folder.guest, folder.read_only ? "ro" : "rw"));
  if (options.inherit_environment) words.emplace_back("--inherit-env");
  for (const std::string& setting : options.environment) words.push_back("--env=" + setting);
  const auto number = [&](const char* name, const auto& value) {
    if (value) words.push_back(fmt::format("{}={}", name, *value));
  };
  number("--timeout", options.timeout_ms);
  number("--stack-size", options.stack_bytes);
  number("--max-memory", options.memory_bytes);
  number("--gc-heap", options.gc_heap_bytes);
  number("--max-table", options.table_elements);
  number("--max-threads", options.max_threads);
  return words;
}

class Native {
 public:
  explicit Native(const NativeOptions& options) : options_(options) {}
  int execute();

 private:
  using Step = std::expected<void, int>;

  Step check();
  Step read_module();
  std::expected<std::string, int> make_object();
  int write(const std::string& object);
  int write_header();
  int link(const std::string& object, const std::string& runtime);
  [[nodiscard]] int fail(std::string_view why) const { return error("{}: {}", options_.file, why); }

  NativeOptions options_;
  const NativeTarget* target_ = nullptr;
  std::optional<waxwing::Module> module_;
  NativeSettings settings_;
};

Native::Step Native::check() {
  if (auto checked = check_sandbox_options(options_); !checked) return checked;
  target_ = find_native_target(options_.target);
  if (target_ == nullptr) {
    if (options_.target.empty())
      return std::unexpected(
          error("native programs can't be made for this machine: name a --target "
                "({})",
                native_target_names()));
    (void)error("--target: native programs can't be made for '{}'; there are {}", options_.target,
                native_target_names());
    return std::unexpected(kExitUsage);
  }
  if (options_.code.asks()) return std::unexpected(print_processors(options_.code, target_->name));
  if (options_.emit != NativeEmit::exe) {
    // Without a sandbox exports are functions of C like others, with names of their own.
    if (options_.prefix.empty() && !options_.no_sandbox)
      options_.prefix = default_prefix(options_.file);
    if (!options_.prefix.empty() && !is_identifier(options_.prefix)) {
      (void)error("--prefix: '{}' is no identifier of C", options_.prefix);
      return std::unexpected(kExitUsage);
    }
  }
  if (options_.share_runtime && options_.emit != NativeEmit::shared) {
    (void)error("--share-runtime is for --emit=shared");
    return std::unexpected(kExitUsage);
  }
  if (!options_.instances.empty() && options_.emit == NativeEmit::exe) {
    (void)error("--instance is for libraries: an executable is one instance");
    return std::unexpected(kExitUsage);
  }
  if (options_.output.empty()) {
    const std::string stem = fs::path(options_.file).stem().string();
    constexpr const char* kForms[] = {"{}", "{}.o", "lib{}.a", "lib{}.so"};
    options_.output = fmt::format(fmt::runtime(kForms[static_cast<size_t>(options_.emit)]), stem);
    if (options_.output == options_.file)
      return std::unexpected(error("{}: name the output with -o", options_.file));
  }
  return {};
}

Native::Step Native::read_module() {
  Config config;
  config.features = chosen_features(options_.features);
  config.deterministic = options_.deterministic;
  config.signals = options_.code.signals ? Signals::on : Signals::off;
  auto module = load_module(Engine(config), options_.file, Images::refused);
  if (!module) return std::unexpected(module.error());
  module_.emplace(std::move(*module));
  if (options_.no_sandbox) return {};
  if (options_.emit == NativeEmit::exe && !options_.runtime_options && !module_->has_start() &&
      !module_->export_type("_start") && !module_->export_type("_initialize"))
    return std::unexpected(
        error("{}: it has no '_start' to run; with --runtime-options its user can call a function "
              "(--invoke NAME), and --emit=static makes a library of it",
              options_.file));
  return {};
}

std::expected<std::string, int> Native::make_object() {
  settings_ = {.target = target_->name,
               .name = fs::path(options_.file).filename().string(),
               .prefix = options_.prefix,
               .options = fixed_words(options_),
               .runtime_options = options_.runtime_options,
               .instances = options_.instances};
  if (options_.trace_lines || options_.debug_info) {
    auto lines = native_lines(*module_, {.file = options_.debug_info.value_or("")});
    if (!lines) return std::unexpected(fail("no lines for traces: " + lines.error().message));
    settings_.lines = std::move(*lines);
  }
  if (options_.no_sandbox) return no_sandbox_object(*module_, options_, *target_);
  // What can't be supplied is found before the long work.
  if (const auto header = native_header(*module_, settings_); !header)
    return std::unexpected(fail(header.error().message));

  waxwing::CompileOptions wanted = compile_options(options_.code);
  wanted.target = target_->name;
  // It may run on another machine than this one, as what C compilers make.
  if (wanted.cpu.empty()) wanted.cpu = "generic";
  // Nobody reads anything else in a program.
  wanted.names_only = true;
  const Result<Compiled> image = compile_visibly(*module_, std::move(wanted));
  if (!image) return std::unexpected(print_error(image.error().message));
  auto object = native_object(*module_, *image, settings_);
  if (!object) return std::unexpected(fail(object.error().message));
  return std::move(*object);
}

int Native::write_header() {
  if (options_.emit == NativeEmit::exe) return 0;
  const auto header = options_.no_sandbox ? no_sandbox_header(*module_, settings_)
                                          : native_header(*module_, settings_);
  if (!header) return fail(header.error().message);
  const std::string name =
      options_.prefix.empty() ? default_prefix(options_.file) : options_.prefix;
  std::string path = options_.header;
  if (path.empty()) path = (fs::path(options_.output).parent_path() / (name + ".h")).string();
  return write_output(path, *header);
}

int Native::link(const std::string& object, const std::string& runtime) {
  const WorkFolder folder;
  if (folder.path().empty()) return error("there is no folder for temporary files");
  const std::string input = folder.path() + "/module.o";
  const std::string output = folder.path() + "/output";
  if (const int code = write_output(input, object); code != 0) return code;
  std::expected<std::vector<std::string>, std::string> inputs;
  if (options_.no_sandbox) inputs = find_link_inputs(*target_, options_);
  if (!inputs) return error("{}", inputs.error());
  const auto words = link_words(*target_, options_, input, *inputs, runtime, output);
  if (!words) return error("{}", words.error());
  if (const auto linked = native_link(*words); !linked) return fail(linked.error().message);
  // Beside its place first: a program that runs is not written to.
  std::error_code failed;
  const std::string beside = options_.output + ".new";
  fs::copy_file(output, beside, fs::copy_options::overwrite_existing, failed);
  if (!failed) fs::rename(beside, options_.output, failed);
  if (failed) {
    std::error_code ignored;
    fs::remove(beside, ignored);
    return error("{}: cannot be written: {}", options_.output, failed.message());
  }
  return 0;
}

int Native::write(const std::string& object) {
  if (options_.emit == NativeEmit::object) return write_output(options_.output, object);
  std::string runtime = options_.runtime;
  if (runtime.empty()) {
    auto found = native_runtime(*target_, options_.no_sandbox      ? NativeRuntime::no_sandbox
                                          : options_.share_runtime ? NativeRuntime::shared
                                                                   : NativeRuntime::archive);
    if (!found) return error("{}", found.error());
    runtime = std::move(*found);
  }
  if (options_.emit != NativeEmit::archive) return link(object, runtime);
  const std::string name =
      options_.prefix.empty() ? default_prefix(options_.file) : options_.prefix;
  const auto archive = native_archive(runtime, name + ".o", object);
  if (!archive) return error("{}", archive.error().message);
  return write_output(options_.output, *archive);
}

int Native::execute() {
  if (auto checked = check(); !checked) return checked.error();
  if (auto read = read_module(); !read) return read.error();
  const auto object = make_object();
  if (!object) return object.error();
  if (const int code = write(*object); code != 0) return code;
  return write_header();
}

} // namespace

int execute(const NativeOptions& options) { return Native(options).execute(); }

} // namespace waxwing::tool
