// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Running compiled code: entering it, walking its frames, leaving it (docs/abi.md, sections 5 to
// 10).
#pragma once

#include "image/compiled_module.hpp"
#include "platform/native_call.hpp"
#include "platform/signal.hpp"
#include "runtime/store.hpp"

namespace waxwing::image {

/// A running entry of compiled code. The assembly writes its exit.
struct NativeActivation {
  runtime::Activation head;
  platform::NativeExit exit;
};
static_assert(offsetof(NativeActivation, exit) == platform::kExitInActivation);

/// Where a frame is.
struct NativePlace {
  uintptr_t pc;
  uintptr_t fp;
  /// `pc` is behind a call; else it is that of an instruction.
  bool is_call;
};

/// The frames of an entry from `start` outward, up to and without its boundary.
class NativeWalk {
 public:
  NativeWalk(const runtime::Store& store, const NativePlace& start);

  /// False behind the last frame.
  [[nodiscard]] bool done() const { return code_ == nullptr; }
  [[nodiscard]] const NativePlace& place() const { return place_; }
  [[nodiscard]] const CompiledModule& code() const { return *code_; }
  /// Of the place, in the image.
  [[nodiscard]] uint32_t pc() const { return code_->offset_of(place_.pc); }
  /// Index of its range, or `kNoRange`. Looked up when it is asked for.
  [[nodiscard]] uint32_t range() const;
  void step();

 private:
  void look_up();

  const runtime::Store& store_;
  NativePlace place_;
  const CompiledModule* code_ = nullptr;
  mutable uint32_t range_ = 0;
  mutable bool has_range_ = false;
};

/// Adds the guest's frames at one place, those of inlined functions too, to the trace.
void trace_at(const runtime::Store& store, const NativePlace& place, runtime::TraceSink& sink);
/// The same for all from `start` on outward.
void trace_from(const runtime::Store& store, const NativePlace& start, runtime::TraceSink& sink);
/// Whether a thread stopped at `at` is in a function whose frame isn't set up yet; if so, where its
/// caller is.
[[nodiscard]] bool is_in_prologue(const runtime::Store& store, const platform::MachineState& at,
                                  NativePlace& caller);

/// The innermost activation of the store, if it is one of compiled code.
[[nodiscard]] NativeActivation* native_activation(const runtime::Store& store);

/// The uniform entry of every compiled function.
[[nodiscard]] runtime::Outcome enter(const runtime::FuncRef* self, runtime::VmContext* caller,
                                     runtime::Cell* cells);

/// Leaves the innermost entry with the outcome `trap`, which has been raised: the trace is taken
/// from the builtin's caller on.
[[noreturn]] void leave_with_trap(runtime::Store& store);
/// Whether the frame that calls the builtin is new to the exception, or has been on its way already
/// and has not caught it.
enum class Unwinding : uint8_t { thrown, passed_on };
/// Goes on where the exception that is in flight may be caught, or leaves with the outcome
/// `exception`. For builtins that save registers.
[[noreturn]] void unwind(runtime::Store& store, Unwinding how);

/// `runtime::NativeCode::resume` of all images.
[[nodiscard]] bool resume(runtime::Store& store, const platform::MachineState& at,
                          const platform::Fault* fault, platform::Continuation& where);

/// A frame that was found where nothing may be allocated and no lock taken.
struct RawFrame {
  const runtime::LoadedModule* module;
  uint32_t function;
  uint32_t offset;
  bool exact;
  bool is_native;
};
/// The frames of compiled code of the thread that runs a guest of the store, innermost first, as
/// many as there is room for; returns how many. `at` says where the thread was stopped; null: it is
/// in a function of the host. Safe in handlers of signals of that thread: whatever it was doing,
/// only memory of its stack is read.
[[nodiscard]] size_t capture(const runtime::Store& store, const platform::MachineState* at,
                             std::span<RawFrame> out);

/// `VmContext::builtins`.
[[nodiscard]] const void* const* builtins();

} // namespace waxwing::image
