// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loadable module's one symbol.
#include <llvm/Config/llvm-config.h>
#include <memory>

#include "compile/codegen.hpp"
#include "compile/job.hpp"

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

void compile_module(const WaxCompileOptions* from, WaxCompileResult* result) {
  initialize_targets();
  auto owner = std::make_unique<Owner>();
  FuncIndex function = kNoIndex;
  FeatureSet features;
  for (unsigned i = 0; i < 64; ++i)
    if ((from->wasm_features >> i & 1) != 0) features.add(static_cast<Feature>(i));
  Listener listener;
  if (from->progress != nullptr)
    listener.progress = [from](uint32_t done, uint32_t total, uint64_t bytes) {
      return from->progress(from->progress_context, done, total, bytes) == 0;
    };
  const auto options = read_options(*from);
  auto made = options
                  ? run_contained({from->module, from->module_size}, features, *options, listener)
                  : Outcome<Packed>(std::unexpected(options.error()));
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

} // namespace

extern "C" __attribute__((visibility("default"))) const WaxCompileInterface*
waxwing_compile_interface() {
  return &kInterface;
}
