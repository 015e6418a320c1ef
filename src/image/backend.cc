// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Images as the runtime sees them.
#include <algorithm>

#include "image/frame_values.hpp"
#include "image/image.hpp"
#include "image/layout.hpp"
#include "image/native.hpp"
#include "image/trace_file.hpp"
#include "platform/cpu.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"

namespace waxwing::image {

using runtime::Backend;
using runtime::FuncRef;
using runtime::Instance;
using runtime::LoadedModule;
using runtime::Memory;

namespace {

Result<void> load_module(LoadedModule& loaded) {
  CompiledModule& code = CompiledModule::of(loaded);
  TRY(code.agree(loaded.module()));
  TRY(code.place());
  code.module = &loaded;
  if ((code.image().header.optional & optional::whole_module) != 0) {
    TRY(loaded.engine().backend().load(loaded));
    code.has_fallback = true;
  }
  return {};
}

void unload(LoadedModule& loaded) {
  CompiledModule& code = CompiledModule::of(loaded);
  if (code.has_fallback) loaded.engine().backend().unload(loaded);
  const Allocator& allocator = code.allocator;
  destroy(allocator, &code);
}

Result<void> attach(Instance& instance) {
  CompiledModule& code = CompiledModule::of(instance.loaded());
  runtime::Store& store = instance.owner();
  if (code.has_fallback) TRY(instance.loaded().engine().backend().attach(instance));
  instance.image = &code;
  instance.builtins = builtins();
  if (const Memory* memory = instance.memory0; memory != nullptr && memory->is_guarded())
    instance.memory0_base = memory->base.load(std::memory_order_relaxed);
  if (code.image().target->target == Target::riscv64 ||
      code.image().target->target == Target::riscv32) {
    instance.tail_arguments = store.tail_arguments();
    if (instance.tail_arguments == nullptr) return out_of_memory();
  }
  if (code.image().value_rows.size() != 0 && !make_frame_values(store)) return out_of_memory();
  return store.know_code(code);
}

void detach(Instance& instance) {
  CompiledModule& code = CompiledModule::of(instance.loaded());
  instance.owner().forget_code(code);
  if (code.has_fallback) instance.loaded().engine().backend().detach(instance);
}

bool is_compiled(const LoadedModule& loaded, FuncIndex index) {
  return CompiledModule::of(loaded)
             .image()
             .functions[index - loaded.module().imported_functions]
             .native != 0;
}

bool needs_guards(const LoadedModule& loaded, uint32_t memory) {
  return CompiledModule::of(loaded).image().memories[memory].access ==
         static_cast<uint32_t>(MemoryAccess::guarded);
}

void bind(Instance& instance, FuncIndex index, FuncRef& ref) {
  const LoadedModule& loaded = instance.loaded();
  if (!is_compiled(loaded, index)) {
    loaded.engine().backend().bind(instance, index, ref);
    return;
  }
  const CompiledModule& code = CompiledModule::of(loaded);
  const FunctionEntry* entry = code.entry(index - loaded.module().imported_functions);
  ref.native = code.code(entry->native);
  ref.uniform = &enter;
  ref.record = const_cast<FunctionEntry*>(entry);
}

constexpr Backend kBackend{
    .name = "image",
    .load = &load_module,
    .unload = &unload,
    .attach = &attach,
    .detach = &detach,
    .bind = &bind,
    .is_compiled = &is_compiled,
    .needs_guards = &needs_guards,
};

/// The features behind the processor's name: one a line or comma.
Result<void> check_processor(const Image& image) {
  std::string_view rest = image.cpu;
  const auto take = [&rest](char end) {
    const auto size = static_cast<size_t>(std::ranges::find(rest, end) - rest.begin());
    const std::string_view word = rest.substr(0, size);
    rest.remove_prefix(size < rest.size() ? size + 1 : size);
    return word;
  };
  (void)take('\n');
  while (!rest.empty()) {
    const std::string_view word = take(',');
    if (!word.empty() && !platform::cpu_has(word))
      return fail(
          ErrorCode::image_cpu_feature,
          static_cast<uint64_t>(reinterpret_cast<const uint8_t*>(word.data()) - image.bytes.data()),
          static_cast<uint32_t>(word.size()));
  }
  return {};
}

} // namespace

const TargetInfo* host_target() {
  for (const TargetInfo& target : kTargets)
    if (std::string_view(target.name) == platform::kCpuName) return &target;
  return nullptr;
}

Result<void> check_host(const Image& image, const runtime::Engine& engine) {
  const TargetInfo* host = host_target();
  if (host == nullptr || host != image.target)
    return fail(ErrorCode::image_target, 0, image.header.target,
                host == nullptr ? 0 : static_cast<uint32_t>(host->target));
  if (sizeof(runtime::Cell) != sizeof(void*)) return fail(ErrorCode::image_slots);
  TRY(check_processor(image));
  const uint64_t needs = image.header.required;
  if (((needs & required::meters) != 0) != engine.config().metering)
    return fail(ErrorCode::image_metering, 0, engine.config().metering ? 0 : 1);
  // An embedder who has guests polled wants no handlers.
  const bool has_signals = platform::can_redirect() && !engine.config().polling;
  const uint64_t lacks = has_signals ? 0 : kNeedFaultHandlers;
  for (uint32_t bit = 0; bit < 64; ++bit)
    if (((needs & lacks) >> bit & 1) != 0) return fail(ErrorCode::image_host, 0, bit);
  // Somebody has to stop a guest that doesn't look.
  constexpr uint32_t kPollsBit = 4;
  static_assert(required::polls == uint64_t{1} << kPollsBit);
  if ((needs & required::polls) == 0 && engine.polls())
    return fail(ErrorCode::image_host, 0, kPollsBit);
  return {};
}

namespace {

/// Of an image that was checked.
Result<LoadedModule*> make_ready(runtime::Engine& engine, const Image& image,
                                 const Source& source) {
  if (engine.config().interruptible && platform::can_redirect() && !engine.polls())
    (void)platform::install_interruption();
  if ((image.header.required & kNeedFaultHandlers) != 0 && !platform::install_fault_handlers())
    return fail(ErrorCode::image_host);
  const Allocator& allocator = engine.allocator();
  auto* code = create<CompiledModule>(allocator, allocator, image, source.placement);
  if (code == nullptr) return out_of_memory();
  const bool whole = (image.header.optional & optional::whole_module) != 0;
  auto loaded = LoadedModule::load(engine, image.module,
                                   {kBackend, code, !whole, {source.file, image.bytes}});
  if (!loaded) destroy(allocator, code);
  return loaded;
}

} // namespace

Result<LoadedModule*> load(runtime::Engine& engine, const Image& image, const Source& source) {
  TRY(verify_checksum(image));
  TRY(check_host(image, engine));
  if (!image.is_split() || source.trace.empty()) return make_ready(engine, image, source);
  Image joined = image;
  // The image is as good without: whoever wants to know why asks `read_trace_file`.
  (void)join_trace_file(joined, source.trace);
  return make_ready(engine, joined, source);
}

Result<LoadedModule*> load(runtime::Engine& engine, std::span<const uint8_t> bytes,
                           const Source& source) {
  return load(engine, TRY(read(bytes)), source);
}

Result<LoadedModule*> load_linked(runtime::Engine& engine, std::span<const uint8_t> front,
                                  const uint8_t* code) {
  const Image image = TRY(read_linked(front, code));
  TRY(check_host(image, engine));
  return make_ready(engine, image, {.placement = Placement::linked});
}

} // namespace waxwing::image
