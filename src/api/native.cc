// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Native programs: the compiler's other interface.
#include <fmt/format.h>

#include "api/convert.hpp"
#include "api/part.hpp"
// Behind the core, like the other public headers.
#include <waxwing/native.hpp>

#include "compile/native.hpp"

namespace waxwing::inline v0 {

namespace {

constexpr impl::Part kCompiler = {"libwaxwing_compile.so", "compiler", kCompileEntry};
constexpr impl::Part kNative = {kCompiler.file, kCompiler.title, kNativeEntry};

WaxText text_of(std::string_view text) { return {text.data(), text.size()}; }

/// Both interfaces of the compiler: one makes, the other releases.
struct Compiler {
  const WaxCompileInterface* compile;
  const WaxNativeInterface* native;
};

Result<Compiler> load() {
  const auto entry = impl::load_part(kCompiler, {});
  const auto native_entry = impl::load_part(kNative, {});
  if (!entry) return impl::refuse(ErrorKind::compilation, entry.error());
  if (!native_entry) return impl::refuse(ErrorKind::compilation, native_entry.error());
  const Compiler found{reinterpret_cast<WaxCompileEntry>(*entry)(),
                       reinterpret_cast<WaxNativeEntry>(*native_entry)()};
  if (found.compile->version != WAX_COMPILE_INTERFACE_VERSION ||
      found.native->version != WAX_NATIVE_INTERFACE_VERSION)
    return impl::refuse(ErrorKind::compilation,
                        fmt::format("{}: this is the compiler of another version", kNative.file));
  return found;
}

/// Lets the compiler make something.
template <class Make>
Result<std::string> make(Make&& of) {
  const Result<Compiler> compiler = load();
  if (!compiler) return std::unexpected(compiler.error());
  WaxCompileResult result{};
  of(*compiler->native, &result);
  const bool failed = result.bytes == nullptr;
  std::string made = failed ? std::string(result.error)
                            : std::string(reinterpret_cast<const char*>(result.bytes), result.size);
  compiler->compile->release(&result);
  if (failed) return impl::refuse(ErrorKind::compilation, std::move(made));
  return made;
}

/// The settings as the compiler takes them.
struct Input {
  Input(const Module& module, const NativeSettings& settings) {
    const auto& state = impl::ModuleState::of(module);
    input.module = reinterpret_cast<const uint8_t*>(module.bytes().data());
    input.module_size = module.bytes().size();
    input.wasm_features = state->engine->engine.config().features.bits();
    input.target = text_of(settings.target);
    input.name = text_of(settings.name);
    input.prefix = text_of(settings.prefix);
    for (const std::string& word : settings.options) options.push_back(text_of(word));
    input.options = options.data();
    input.option_count = options.size();
    input.runtime_options = settings.runtime_options ? 1 : 0;
    for (const std::string& one : settings.instances) instances.push_back(text_of(one));
    input.instances = instances.data();
    input.instance_count = instances.size();
    input.line_rows = text_of(settings.lines.rows);
    input.line_texts = text_of(settings.lines.texts);
  }

  std::vector<WaxText> options;
  std::vector<WaxText> instances;
  WaxNativeInput input{};
};

} // namespace

Result<std::string> native_object(const Module& module, const Compiled& image,
                                  const NativeSettings& settings) {
  Input from(module, settings);
  from.input.image = reinterpret_cast<const uint8_t*>(image.bytes().data());
  from.input.image_size = image.bytes().size();
  return make([&](const WaxNativeInterface& native, WaxCompileResult* result) {
    native.native_object(&from.input, result);
  });
}

Result<std::string> native_header(const Module& module, const NativeSettings& settings) {
  const Input from(module, settings);
  return make([&](const WaxNativeInterface& native, WaxCompileResult* result) {
    native.native_header(&from.input, result);
  });
}

Result<std::string> no_sandbox_header(const Module& module, const NativeSettings& settings) {
  const Input from(module, settings);
  return make([&](const WaxNativeInterface& native, WaxCompileResult* result) {
    native.direct_header(&from.input, result);
  });
}

Result<void> native_link(const std::vector<std::string>& words) {
  std::vector<WaxText> texts;
  texts.reserve(words.size());
  for (const std::string& word : words) texts.push_back(text_of(word));
  const auto made = make([&](const WaxNativeInterface& native, WaxCompileResult* result) {
    native.link(texts.data(), texts.size(), result);
  });
  if (!made) return std::unexpected(made.error());
  return {};
}

Result<std::string> native_archive(const std::string& base, const std::string& member,
                                   const std::string& object) {
  return make([&](const WaxNativeInterface& native, WaxCompileResult* result) {
    const WaxText base_text = text_of(base);
    const WaxText member_text = text_of(member);
    const WaxText object_text = text_of(object);
    native.archive(&base_text, &member_text, &object_text, result);
  });
}

std::string_view native_runtime_file(NativeRuntime kind) {
  switch (kind) {
  case NativeRuntime::archive: return "libwaxwing_native.a";
  case NativeRuntime::shared: return "libwaxwing_native.so";
  case NativeRuntime::no_sandbox: break;
  }
  return "libwaxwing_nosandbox.a";
}

std::string find_native_runtime(const std::string& folder, NativeRuntime kind) {
  std::string file = folder.empty() ? "" : folder + "/";
  file += native_runtime_file(kind);
  return impl::find_part({file.c_str(), "runtime of native programs", ""}, {});
}

} // namespace waxwing::inline v0
