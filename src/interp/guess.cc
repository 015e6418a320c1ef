// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "interp/walk.hpp"

namespace waxwing::interp {

namespace {

/// What a register or a frame's header may hold is followed only where it is sure to lead
/// somewhere: anything may be stale in the middle of a handler.
class Guess {
 public:
  Guess(const Activation& activation, const Store& store)
      : store_(store), leave_(activation.leave),
        lowest_(reinterpret_cast<uintptr_t>(&activation) + kActivationBytes),
        limit_(reinterpret_cast<uintptr_t>(store.stack_limit)) {}

  [[nodiscard]] VmContext* instance_at(uintptr_t word) {
    if (last_ != nullptr && reinterpret_cast<uintptr_t>(last_) == word) return last_;
    for (VmContext* vm : store_.instances)
      if (reinterpret_cast<uintptr_t>(vm) == word) return last_ = vm;
    return nullptr;
  }

  /// The function whose translated code the byte at `ip` belongs to, or null.
  [[nodiscard]] const Function* function_at(const uint8_t* ip, const VmContext* vm) const {
    const Function* function = ModuleCode::of(vm).find(ip);
    return function != nullptr && ip - function->code < function->code_size ? function : nullptr;
  }

  [[nodiscard]] bool may_be_frame(uintptr_t word) const {
    return word >= lowest_ && word < limit_ && word % sizeof(Cell) == 0;
  }

  /// Whether a frame of `function` at `at` is the innermost of a chain that leads to the entry.
  [[nodiscard]] bool leads_out(const Function* function, uintptr_t at, VmContext* vm) {
    const uint8_t* known = nullptr;
    for (;;) {
      if (limit_ - at < function->header + sizeof(Header)) return false;
      const auto header =
          load_unaligned<Header>(reinterpret_cast<const uint8_t*>(at) + function->header);
      if (header.ip == leave_) return header.fp == nullptr;
      const uint8_t* back = header.ip;
      auto below = reinterpret_cast<uintptr_t>(header.fp);
      // Frames lie above those that called them, so this ends.
      if (!may_be_frame(below) || below >= at) return false;
      if (back != known && function_at(back - 1, vm) == nullptr) {
        // Then it can only be a bridge.
        if (limit_ - below < sizeof(Bridge)) return false;
        const auto bridge = load_unaligned<Bridge>(reinterpret_cast<const uint8_t*>(below));
        vm = instance_at(reinterpret_cast<uintptr_t>(bridge.vm));
        if (vm == nullptr ||
            back != reinterpret_cast<const uint8_t*>(&ModuleCode::of(vm).switch_back))
          return false;
        if (bridge.ip == leave_) return bridge.fp == nullptr;
        at = below;
        back = bridge.ip;
        below = reinterpret_cast<uintptr_t>(bridge.fp);
        if (!may_be_frame(below) || below >= at) return false;
      }
      if (back != known) {
        function = function_at(back - 1, vm);
        if (function == nullptr || back - function->code < static_cast<ptrdiff_t>(sizeof(CallEnd)))
          return false;
        known = back;
      }
      if (below + call_end(back).frame != at) return false;
      at = below;
    }
  }

 private:
  const Store& store_;
  const uint8_t* leave_;
  uintptr_t lowest_;
  uintptr_t limit_;
  VmContext* last_ = nullptr;
};

} // namespace

void guess_position(Activation& activation, const Store& store,
                    std::span<const uintptr_t> registers) {
  Guess guess(activation, store);
  activation.ip = nullptr;
  for (const uintptr_t instance : registers) {
    VmContext* vm = guess.instance_at(instance);
    if (vm == nullptr) continue;
    for (const uintptr_t code : registers) {
      const auto* ip = reinterpret_cast<const uint8_t*>(code);
      const Function* function = code % kWord == 0 ? guess.function_at(ip, vm) : nullptr;
      if (function == nullptr) continue;
      for (const uintptr_t frame : registers) {
        if (!guess.may_be_frame(frame) || !guess.leads_out(function, frame, vm)) continue;
        activation.ip = ip;
        activation.fp = reinterpret_cast<uint8_t*>(frame);
        activation.vm = vm;
        activation.is_call = false;
        activation.is_near = true;
        return;
      }
    }
  }
}

} // namespace waxwing::interp
