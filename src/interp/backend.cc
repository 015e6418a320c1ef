// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interpreter as the runtime sees it, traces, and the way out for interruptions.
#include "interp/handlers.hpp"
#include "interp/interp.hpp"
#include "interp/module_code.hpp"
#include "platform/signal.hpp"
#include "runtime/trap.hpp"

// The linker's names for the ends of the section.
extern "C" {
[[gnu::visibility("hidden")]] extern const char __start_wax_handlers[];
[[gnu::visibility("hidden")]] extern const char __stop_wax_handlers[];
}

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
  activation->ip = nullptr;
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

/// Walks the frames of an activation, innermost first.
class Walk {
 public:
  explicit Walk(const Activation& activation)
      : ip_(activation.ip), fp_(activation.fp), vm_(activation.vm), is_call_(activation.is_call) {}

  [[nodiscard]] bool done() const { return ip_ == nullptr; }
  /// A byte of the instruction that the frame is at.
  [[nodiscard]] const uint8_t* at() const { return is_call_ ? ip_ - 1 : ip_; }
  [[nodiscard]] VmContext* vm() const { return vm_; }

  void step() {
    const Function* function = ModuleCode::of(vm_).find(at());
    if (function == nullptr) {
      ip_ = nullptr;
      return;
    }
    const auto header = load_unaligned<Header>(fp_ + function->header);
    ip_ = header.ip;
    fp_ = header.fp;
    is_call_ = true;
    const Handler* table = handler_table();
    for (;;) {
      const Handler next = reinterpret_cast<const Plain*>(ip_)->handler;
      if (next == table[static_cast<size_t>(Id::leave)]) {
        ip_ = nullptr;
        return;
      }
      if (next != table[static_cast<size_t>(Id::switch_back)]) return;
      const auto bridge = load_unaligned<Bridge>(fp_);
      ip_ = bridge.ip;
      fp_ = bridge.fp;
      vm_ = bridge.vm;
    }
  }

 private:
  const uint8_t* ip_;
  uint8_t* fp_;
  VmContext* vm_;
  bool is_call_;
};

void trace(Store& store, TraceSink& sink) {
  const auto* activation = static_cast<const Activation*>(store.activation);
  if (activation == nullptr || activation->ip == nullptr) return;
  uint64_t total = 0;
  for (Walk walk(*activation); !walk.done(); walk.step()) ++total;
  // Only what the sink keeps is looked up. Deep recursion repeats itself: the same place is found
  // once.
  const uint8_t* known = nullptr;
  Frame frame;
  uint64_t index = 0;
  for (Walk walk(*activation); !walk.done(); walk.step(), ++index) {
    const bool kept = sink.count < TraceSink::kKeep || total - index <= TraceSink::kKeep;
    if (kept && walk.at() != known) {
      known = walk.at();
      ModuleCode& code = ModuleCode::of(walk.vm());
      const Function* function = code.find(known);
      frame = {};
      frame.module = &code.loaded();
      if (function != nullptr) {
        frame.function = function->index;
        frame.exact = code.locate(*function, known, frame.offset);
      }
    }
    frame.instance = Instance::of(walk.vm());
    sink.add(frame);
  }
}

constexpr runtime::Backend kBackend{
    .name = "interpreter",
    .load = &load,
    .unload = &unload,
    .attach = &attach,
    .detach = &detach,
    .bind = &bind,
    .trace = &trace,
};

} // namespace

const runtime::Backend& backend() { return kBackend; }

} // namespace waxwing::interp
