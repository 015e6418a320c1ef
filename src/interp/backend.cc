// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interpreter as the runtime sees it, traces, and the way out for interruptions.
#include "interp/interp.hpp"
#include "interp/walk.hpp"
#include "platform/signal.hpp"
#include "runtime/trap.hpp"

// The linker's names for the ends of the section.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
[[gnu::visibility("hidden")]] extern const char __start_wax_handlers[];
[[gnu::visibility("hidden")]] extern const char __stop_wax_handlers[];
}
// NOLINTEND(bugprone-reserved-identifier)

namespace waxwing::interp {

namespace {

using runtime::Frame;
using runtime::Instance;
using runtime::LoadedModule;
using runtime::TraceSink;

/// Continues a thread that was interrupted inside the handlers' section. Whatever they were doing
/// is given up: the frames stay on the value stack, and the native stack is cut back to `run`.
void escape(void* context) {
  Store& store = *static_cast<Store*>(context);
  if (store.raise_interrupt() == Outcome::ok) (void)store.raise(TrapKind::interrupted);
  auto* activation = static_cast<Activation*>(store.activation);
  guess_position(*activation, store, platform::interrupted_registers());
  std::longjmp(activation->escape, 1);
}

Result<void> load(LoadedModule& module) {
  if (!module.engine().polls())
    (void)platform::install_redirect({__start_wax_handlers, __stop_wax_handlers, &escape});
  const Allocator& allocator = module.engine().allocator();
  auto* code = create<ModuleCode>(allocator, module);
  if (code == nullptr) return out_of_memory();
  if (const auto prepared = code->prepare(); !prepared.has_value()) {
    destroy(allocator, code);
    return prepared;
  }
  module.backend_data = code;
  return {};
}

void unload(LoadedModule& module) {
  destroy(module.engine().allocator(), static_cast<ModuleCode*>(module.backend_data));
  module.backend_data = nullptr;
}

Result<void> attach(Instance& instance) {
  instance.engine_module = instance.loaded().backend_data;
  return {};
}

void detach(Instance&) {}

void bind(Instance& instance, FuncIndex index, FuncRef& ref) {
  ref.record = &ModuleCode::of(&instance).function(index);
  ref.uniform = &enter;
}

void locate(Frame& frame) {
  ModuleCode& code = *static_cast<ModuleCode*>(frame.module->backend_data);
  const auto* at = static_cast<const uint8_t*>(frame.code);
  if (!code.locate(code.function(frame.function), at, frame.offset)) frame.exact = false;
}

constexpr runtime::Backend kBackend{
    .name = "interpreter",
    .load = &load,
    .unload = &unload,
    .attach = &attach,
    .detach = &detach,
    .bind = &bind,
    .locate = &locate,
};

} // namespace

void trace(Store&, const runtime::Activation& record, TraceSink& sink) {
  const auto& activation = static_cast<const Activation&>(record);
  if (activation.ip == nullptr) return;
  uint64_t total = 0;
  for (Walk walk(activation); !walk.done(); walk.step()) ++total;
  // Only what the sink keeps is looked up. Deep recursion repeats itself: the same place is found
  // once.
  uint64_t index = 0;
  for (Walk walk(activation); !walk.done(); walk.step(), ++index) {
    // Only what the sink keeps is looked at more closely.
    Frame frame;
    if (sink.count < TraceSink::kKeep || total - index <= TraceSink::kKeep) {
      frame.module = &ModuleCode::of(walk.vm()).loaded();
      frame.function = walk.function().index;
      frame.code = walk.at();
      frame.exact = index != 0 || !activation.is_near;
    }
    frame.instance = Instance::of(walk.vm());
    sink.add(frame);
  }
}

const runtime::Backend& backend() { return kBackend; }

} // namespace waxwing::interp
