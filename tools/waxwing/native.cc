// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Native programs and libraries: compile to an image, put that into an object with what C needs,
// and link it with the runtime.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <optional>

#include "describe/names.hpp"
#include "platform/memory.hpp"
#include "wasm/module.hpp"
#include "waxwing/compiler_module.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/native_link.hpp"
#include "waxwing/nearest.hpp"
#include "waxwing/output_file.hpp"
#include "waxwing/progress_line.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

namespace fs = std::filesystem;

/// What the compiler has made of something, given back at the end.
class Made {
 public:
  explicit Made(const WaxCompileInterface& compiler) : compiler_(compiler) {}
  ~Made() { compiler_.release(&result_); }
  Made(const Made&) = delete;

  [[nodiscard]] WaxCompileResult* result() { return &result_; }
  [[nodiscard]] bool failed() const { return result_.bytes == nullptr; }
  [[nodiscard]] std::string_view error() const { return result_.error; }
  [[nodiscard]] std::string_view bytes() const {
    return {reinterpret_cast<const char*>(result_.bytes), result_.size};
  }

 private:
  const WaxCompileInterface& compiler_;
  WaxCompileResult result_{};
};

/// A folder that goes away with this.
class WorkFolder {
 public:
  WorkFolder() {
    std::error_code failed;
    std::string path = (fs::temp_directory_path(failed) / "waxwing-XXXXXX").string();
    if (!failed && ::mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

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
  explicit Native(const NativeOptions& options)
      : options_(options), module_(platform::default_allocator()) {}
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
  Module module_;
  std::optional<ModuleFile> file_;
  const WaxCompileInterface* compiler_ = nullptr;
  const WaxNativeInterface* native_ = nullptr;
  std::string name_;
  std::vector<std::string> fixed_;
  std::vector<WaxText> fixed_texts_;
  WaxNativeInput input_{};
};

Native::Step Native::check() {
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
  if (options_.emit != NativeEmit::exe) {
    if (options_.prefix.empty()) options_.prefix = default_prefix(options_.file);
    if (!is_identifier(options_.prefix)) {
      (void)error("--prefix: '{}' is no identifier of C", options_.prefix);
      return std::unexpected(kExitUsage);
    }
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
  auto file = open_module(options_.file, options_.features);
  if (!file) return std::unexpected(file.error());
  file_.emplace(std::move(*file));
  auto checked = decode(file_->bytes(), options_.features, module_);
  if (checked) checked = waxwing::validate(module_);
  if (!checked)
    return std::unexpected(print_module_error(*file_, options_.features, checked.error()));
  if (options_.emit == NativeEmit::exe && !options_.runtime_options && !module_.has_start &&
      module_.find_export("_start") == nullptr && module_.find_export("_initialize") == nullptr)
    return std::unexpected(
        error("{}: it has no '_start' to run; with --runtime-options its user can call a function "
              "(--invoke NAME), and --emit=static makes a library of it",
              options_.file));
  return {};
}

std::expected<std::string, int> Native::make_object() {
  input_.module = file_->bytes().data();
  input_.module_size = file_->bytes().size();
  input_.wasm_features = options_.features.bits();
  input_.target = text_of(target_->name);
  name_ = fs::path(options_.file).filename().string();
  input_.name = text_of(name_);
  input_.prefix = text_of(options_.prefix);
  fixed_ = fixed_words(options_);
  for (const std::string& word : fixed_) fixed_texts_.push_back(text_of(word));
  input_.options = fixed_texts_.data();
  input_.option_count = fixed_texts_.size();
  input_.runtime_options = options_.runtime_options ? 1 : 0;
  // What can't be supplied is found before the long work.
  if (Made header(*compiler_); native_->native_header(&input_, header.result()), header.failed())
    return std::unexpected(fail(header.error()));

  WaxCompileOptions wanted = compiler_options(options_.code);
  wanted.module = input_.module;
  wanted.module_size = input_.module_size;
  wanted.wasm_features = input_.wasm_features;
  wanted.target = input_.target;
  // It may run on another machine than this one, as what C compilers make.
  constexpr std::string_view kAnyProcessor = "generic";
  if (options_.code.cpu.empty()) wanted.cpu = text_of(kAnyProcessor);
  wanted.emit = WAX_EMIT_IMAGE;
  wanted.deterministic = options_.deterministic ? 1 : 0;
  ProgressLine line;
  wanted.progress = ProgressLine::hear;
  wanted.progress_context = &line;
  describe::FunctionNames names(module_);
  const Compiled image(*compiler_, wanted,
                       [&](uint32_t function) { return names.name_of(function); });
  line.clear();
  if (image.failed()) return std::unexpected(fail(image.error()));
  input_.image = image.bytes().data();
  input_.image_size = image.bytes().size();
  Made object(*compiler_);
  native_->native_object(&input_, object.result());
  if (object.failed()) return std::unexpected(fail(object.error()));
  return std::string(object.bytes());
}

int Native::write_header() {
  if (options_.emit == NativeEmit::exe) return 0;
  Made header(*compiler_);
  native_->native_header(&input_, header.result());
  if (header.failed()) return fail(header.error());
  std::string path = options_.header;
  if (path.empty())
    path = (fs::path(options_.output).parent_path() / (options_.prefix + ".h")).string();
  return write_output(path, header.bytes());
}

int Native::link(const std::string& object, const std::string& runtime) {
  const WorkFolder folder;
  if (folder.path().empty()) return error("there is no folder for temporary files");
  const std::string input = folder.path() + "/module.o";
  const std::string output = folder.path() + "/output";
  if (const int code = write_output(input, object); code != 0) return code;
  const auto words = link_words(*target_, options_, input, runtime, output);
  if (!words) return error("{}", words.error());
  std::vector<WaxText> texts;
  for (const std::string& word : *words) texts.push_back(text_of(word));
  Made linked(*compiler_);
  native_->link(texts.data(), texts.size(), linked.result());
  if (linked.failed()) return fail(linked.error());
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
    auto found = find_native_runtime(*target_);
    if (!found) return error("{}", found.error());
    runtime = std::move(*found);
  }
  if (options_.emit != NativeEmit::archive) return link(object, runtime);
  Made archive(*compiler_);
  const WaxText base = text_of(runtime);
  const std::string member = options_.prefix + ".o";
  const WaxText name = text_of(member);
  const WaxText bytes = text_of(object);
  native_->archive(&base, &name, &bytes, archive.result());
  if (archive.failed()) return error("{}", archive.error());
  return write_output(options_.output, archive.bytes());
}

int Native::execute() {
  if (auto checked = check(); !checked) return checked.error();
  if (auto read = read_module(); !read) return read.error();
  const auto compiler = load_compiler();
  if (!compiler) return compiler.error();
  compiler_ = *compiler;
  const auto native = load_native_compiler();
  if (!native) return native.error();
  native_ = *native;
  const auto object = make_object();
  if (!object) return object.error();
  if (const int code = write(*object); code != 0) return code;
  return write_header();
}

} // namespace

int execute(const NativeOptions& options) { return Native(options).execute(); }

} // namespace waxwing::tool
