// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// There are no signals: guest code polls the interrupt word. A port that knows where its stack ends
// replaces `native_stack_limit`.
#include "platform/signal.hpp"
#include "platform/machine_state.hpp"

namespace waxwing::platform {

[[gnu::weak]] uintptr_t native_stack_limit(size_t) { return 0; }
bool can_redirect() { return false; }
bool install_interruption() { return true; }
bool install_redirect(const RedirectRange&) { return false; }
bool install_fault_handlers() { return false; }
bool prepare_fault_stack() { return true; }
std::span<const uintptr_t> interrupted_registers() { return {}; }
uintptr_t accessed_address(const MachineState&, const Fault& fault, size_t) {
  return fault.address;
}
const InterruptTarget* set_interrupt_target(const InterruptTarget*) { return nullptr; }
// Any value but none.
ThreadHandle current_thread() { return 1; }
void interrupt_thread(ThreadHandle) {}

MachineState machine_state(const void*) { return {}; }

} // namespace waxwing::platform
