// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "interp/handlers.hpp"
#include "interp/module_code.hpp"

namespace waxwing::interp {

/// Walks the frames between a place in the guest and where the guest was entered, innermost first.
class Walk {
 public:
  /// From the instruction at `ip` on, or, if `is_call`, from the call before it.
  Walk(const uint8_t* ip, uint8_t* fp, VmContext* vm, bool is_call)
      : table_(handler_table()), ip_(ip), fp_(fp), vm_(vm), is_call_(is_call) {
    look_up();
  }
  explicit Walk(const Activation& activation)
      : Walk(activation.ip, activation.fp, activation.vm, activation.is_call) {}

  [[nodiscard]] bool done() const { return function_ == nullptr; }
  /// A byte of the instruction that the frame is at.
  [[nodiscard]] const uint8_t* at() const { return is_call_ ? ip_ - 1 : ip_; }
  [[nodiscard]] uint8_t* fp() const { return fp_; }
  [[nodiscard]] VmContext* vm() const { return vm_; }
  [[nodiscard]] const Function& function() const { return *function_; }

  void step() {
    const auto header = load_unaligned<Header>(fp_ + function_->header);
    ip_ = header.ip;
    fp_ = header.fp;
    is_call_ = true;
    for (;;) {
      const Handler next = reinterpret_cast<const Plain*>(ip_)->handler;
      if (next == table_[static_cast<size_t>(Id::leave)]) {
        function_ = nullptr;
        return;
      }
      if (next != table_[static_cast<size_t>(Id::switch_back)]) break;
      const auto bridge = load_unaligned<Bridge>(fp_);
      ip_ = bridge.ip;
      fp_ = bridge.fp;
      vm_ = bridge.vm;
    }
    look_up();
  }

 private:
  void look_up() {
    // Recursion comes from the same place again and again.
    if (ip_ == known_) return;
    known_ = ip_;
    function_ = ip_ == nullptr ? nullptr : ModuleCode::of(vm_).find(at());
  }

  const Handler* table_;
  const uint8_t* ip_;
  uint8_t* fp_;
  VmContext* vm_;
  bool is_call_;
  const uint8_t* known_ = nullptr;
  const Function* function_ = nullptr;
};

/// Finds out where the guest was when it was interrupted inside a handler, by what the machine's
/// registers held: one of them is an instance, one points into its code, and one to a frame whose
/// chain of callers, each link of which is checked, leads to where the guest was entered. Says so
/// in `activation`; its place is unknown if there are no such registers.
void guess_position(Activation& activation, const Store& store,
                    std::span<const uintptr_t> registers);

} // namespace waxwing::interp
