// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loadable module's two symbols.
#include <cstring>
#include <llvm/Config/llvm-config.h>
#include <memory>

#include "compile/codegen.hpp"
#include "compile/direct_job.hpp"
#include "compile/job.hpp"
#include "compile/native_object.hpp"
#include "platform/memory.hpp"

namespace {

using namespace waxwing;
using namespace waxwing::compile;

struct Owner {
  std::vector<uint8_t> bytes;
  std::vector<uint8_t> trace;
  std::string text;
};

void give(WaxCompileResult* result, std::unique_ptr<Owner> owner, uint32_t function) {
  result->bytes = owner->bytes.empty() ? nullptr : owner->bytes.data();
  result->size = owner->bytes.size();
  result->trace = owner->trace.empty() ? nullptr : owner->trace.data();
  result->trace_size = owner->trace.size();
  result->error = owner->text.c_str();
  result->function = function;
  result->owner = owner.release();
}

void give(WaxCompileResult* result, Outcome<Packed> made) {
  auto owner = std::make_unique<Owner>();
  FuncIndex function = kNoIndex;
  if (made) {
    owner->bytes = std::move(made->image);
    owner->trace = std::move(made->trace);
    owner->text = std::move(made->notes);
  } else {
    owner->text = made.error().text;
    function = made.error().function;
  }
  give(result, std::move(owner), function);
}

/// What is made is bytes and nothing else.
Outcome<Packed> only(Outcome<std::vector<uint8_t>> bytes) {
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  return Packed{std::move(*bytes), {}, {}};
}

FeatureSet features_of(uint64_t bits) {
  FeatureSet features;
  for (unsigned i = 0; i < 64; ++i)
    if ((bits >> i & 1) != 0) features.add(static_cast<Feature>(i));
  return features;
}

std::string_view view(const WaxText& text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

void compile_module(const WaxCompileOptions* from, WaxCompileResult* result) {
  initialize_targets();
  const FeatureSet features = features_of(from->wasm_features);
  Listener listener;
  if (from->progress != nullptr)
    listener.progress = [from](uint32_t done, uint32_t total, uint64_t bytes) {
      return from->progress(from->progress_context, done, total, bytes) == 0;
    };
  const auto options = read_options(*from);
  if (options && options->direct) {
    give(result, run_direct({from->module, from->module_size}, features, *options, *from->direct,
                            listener));
    return;
  }
  give(result, options
                   ? run_contained({from->module, from->module_size}, features, *options, listener)
                   : Outcome<Packed>(std::unexpected(options.error())));
}

/// What C sees of the module of `input`.
Outcome<CInterface> interface_of(const WaxNativeInput& input) {
  waxwing::Module wasm(platform::default_allocator());
  const auto decoded =
      decode({input.module, input.module_size}, features_of(input.wasm_features), wasm);
  if (!decoded || !validate_declarations(wasm)) return failure("the module is not valid");
  std::vector<std::string_view> instances;
  instances.reserve(input.instance_count);
  for (size_t i = 0; i < input.instance_count; ++i) instances.push_back(view(input.instances[i]));
  return c_interface(wasm, view(input.prefix), instances);
}

Outcome<Packed> make_native_object(const WaxNativeInput& input) {
  const CInterface interface = TRY(interface_of(input));
  WaxCompileOptions from{};
  from.target = input.target;
  constexpr const char* kAnyProcessor = "generic";
  from.cpu = {kAnyProcessor, std::strlen(kAnyProcessor)};
  from.optimization = 1;
  const Options options = TRY(read_options(from));
  return contain([&](const Listener&) { return only(native_object(input, interface, options)); },
                 {});
}

void native_object_entry(const WaxNativeInput* input, WaxCompileResult* result) {
  initialize_targets();
  give(result, make_native_object(*input));
}

void native_header_entry(const WaxNativeInput* input, WaxCompileResult* result) {
  const auto interface = interface_of(*input);
  if (!interface) return give(result, std::unexpected(interface.error()));
  const std::string header = c_header(*interface, view(input->name));
  give(result, only(std::vector<uint8_t>(header.begin(), header.end())));
}

Outcome<Packed> make_direct_header(const WaxNativeInput& input) {
  waxwing::Module wasm(platform::default_allocator());
  const auto decoded =
      decode({input.module, input.module_size}, features_of(input.wasm_features), wasm);
  if (!decoded || !validate_declarations(wasm)) return failure("the module is not valid");
  const DirectGuest guest = TRY(DirectGuest::make(wasm, view(input.prefix)));
  const std::string header = direct_header(guest, view(input.name));
  return only(std::vector<uint8_t>(header.begin(), header.end()));
}

void direct_header_entry(const WaxNativeInput* input, WaxCompileResult* result) {
  give(result, make_direct_header(*input));
}

void link_entry(const WaxText* words, size_t count, WaxCompileResult* result) {
  initialize_targets();
  std::vector<std::string> all;
  all.reserve(count);
  for (size_t i = 0; i < count; ++i) all.emplace_back(view(words[i]));
  give(result, contain(
                   [&](const Listener&) -> Outcome<Packed> {
                     TRY(link_native(all));
                     return only(std::vector<uint8_t>(1));
                   },
                   {}));
}

void archive_entry(const WaxText* base, const WaxText* member, const WaxText* object,
                   WaxCompileResult* result) {
  initialize_targets();
  give(result, only(archive_with(std::string(view(*base)), std::string(view(*member)),
                                 {reinterpret_cast<const uint8_t*>(object->data), object->size})));
}

void release(WaxCompileResult* result) {
  delete static_cast<Owner*>(result->owner);
  *result = {};
}

void list(const WaxText* target, const char* what, WaxCompileResult* result) {
  initialize_targets();
  auto owner = std::make_unique<Owner>();
  WaxCompileOptions options{};
  options.target = *target;
  const image::TargetInfo* const info =
      target->size == 0 ? host_target() : find_target({target->data, target->size});
  if (info == nullptr) {
    owner->text = read_options(options).error().text;
  } else {
    const std::string words = list_words(info->target, what);
    owner->bytes.assign(words.begin(), words.end());
  }
  give(result, std::move(owner), kNoIndex);
}

constexpr WaxCompileInterface kInterface = {
    WAX_COMPILE_INTERFACE_VERSION, "LLVM " LLVM_VERSION_STRING, compile_module, release, list};
constexpr WaxNativeInterface kNative = {
    WAX_NATIVE_INTERFACE_VERSION, native_object_entry, native_header_entry,
    direct_header_entry,          link_entry,          archive_entry};

} // namespace

extern "C" __attribute__((visibility("default"))) const WaxCompileInterface*
waxwing_compile_interface() {
  return &kInterface;
}
extern "C" __attribute__((visibility("default"))) const WaxNativeInterface*
waxwing_native_interface() {
  return &kNative;
}
