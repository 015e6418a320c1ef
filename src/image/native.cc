// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "image/native.hpp"

#include <algorithm>
#include <new>

#include "base/bits.hpp"
#include "image/frame_values.hpp"
#include "image/sites.hpp"
#include "runtime/exception.hpp"
#include "runtime/instance.hpp"

namespace waxwing::image {

using platform::MachineState;
using platform::NativeRegisters;
using runtime::Activation;
using runtime::Cell;
using runtime::Frame;
using runtime::FuncRef;
using runtime::Instance;
using runtime::Outcome;
using runtime::Store;
using runtime::TraceSink;
using runtime::VmContext;

namespace {

[[nodiscard]] uintptr_t word_at(uintptr_t address) {
  return *reinterpret_cast<const uintptr_t*>(address);
}

[[nodiscard]] uintptr_t without_code_bit(uintptr_t pc) {
  // Return addresses in Thumb code have bit 0 set; no other target has odd instructions to return
  // to but x86-64.
  return kPointerIs64 ? pc : pc & ~uintptr_t{1};
}

void trace_native(Store& store, const Activation& activation, TraceSink& sink) {
  const auto& exit = reinterpret_cast<const NativeActivation&>(activation).exit;
  trace_from(store, {exit.pc, exit.fp, true}, sink);
}

/// The instance of `module` in the store if there is only one: frames don't say which they belong
/// to.
const Instance* instance_of(const Store& store, const runtime::LoadedModule* module) {
  const Instance* found = nullptr;
  for (const Instance* instance : store.instances) {
    if (&instance->loaded() != module) continue;
    if (found != nullptr) return nullptr;
    found = instance;
  }
  return found;
}

} // namespace

NativeWalk::NativeWalk(const Store& store, const NativePlace& start)
    : store_(store), place_(start) {
  place_.pc = without_code_bit(place_.pc);
  look_up();
}

void NativeWalk::look_up() {
  code_ = static_cast<const CompiledModule*>(store_.code_at(place_.pc - (place_.is_call ? 1 : 0)));
  has_range_ = false;
}

uint32_t NativeWalk::range() const {
  if (!has_range_) {
    range_ = find_range(code_->image(), code_->offset_of(place_.pc - (place_.is_call ? 1 : 0)));
    has_range_ = true;
  }
  return range_;
}

void NativeWalk::step() {
  uint32_t gap = 0;
  if (code_->image().has_gaps && range() != kNoRange) gap = code_->image().ranges[range()].gap;
  constexpr auto kWord = static_cast<intptr_t>(sizeof(uintptr_t));
  const auto at = [&](intptr_t words) {
    return word_at(place_.fp + static_cast<uintptr_t>(words * kWord));
  };
  const uintptr_t return_address =
      word_at(place_.fp + static_cast<uintptr_t>(platform::kReturnAddressAt * kWord) + gap);
  place_ = {without_code_bit(return_address), at(platform::kSavedFrameAt), true};
  look_up();
}

namespace {

/// Calls `add` for each frame at the place of `walk`, innermost first.
template <class Add>
void for_frames(const Store& store, const NativeWalk& walk, Add add) {
  if (walk.range() == kNoRange) return;
  const Image& image = walk.code().image();
  const CodeRange range = image.ranges[walk.range()];
  if (range.kind != static_cast<uint16_t>(RangeKind::function)) return;
  Frame frame;
  frame.module = walk.code().module;
  frame.instance = instance_of(store, frame.module);
  if (!image.is_traced()) {
    frame.function = kNoIndex;
    frame.exact = false;
    add(frame);
    return;
  }
  if (image.is_split()) {
    frame.function = range.function;
    frame.offset = walk.pc() - (walk.place().is_call ? 1 : 0);
    frame.is_native = true;
    add(frame);
    return;
  }
  bool found = false;
  const Site site = find_site(image, walk.range(), walk.pc(), walk.place().is_call, found);
  if (found && site.is_tail) return;
  frame.offset = site.wasm_offset;
  frame.exact = site.exact && site.wasm_offset != 0;
  for (uint32_t chain = site.chain; chain != 0;) {
    const ChainNode node = image.chains[chain - 1];
    frame.function = node.function;
    add(frame);
    // An instruction whose own offset is not told is in a call whose offset may be.
    frame.exact = node.call != 0 && site.exact;
    frame.offset = node.call;
    chain = node.parent;
  }
  frame.function = range.function;
  add(frame);
}

/// What return addresses of a walk mean: most are met again soon.
class KnownPlaces {
 public:
  template <class Add>
  void for_frames(const Store& store, const NativeWalk& walk, Add add) {
    const NativePlace& place = walk.place();
    // Fibonacci hashing: places of code that calls itself in turn are apart by about the same.
    constexpr uint32_t kGolden = 0x9E3779B1;
    Known& known = known_[static_cast<uint32_t>(place.pc) * kGolden >> (32 - kBits)];
    if (place.is_call && known.pc == place.pc) {
      for (uint32_t i = 0; i < known.count; ++i) add(frame(known.first + i));
      return;
    }
    const uint32_t first = used_;
    bool fits = place.is_call;
    image::for_frames(store, walk, [&](const Frame& frame) {
      fits = fits && used_ < kFrames;
      if (fits) ::new (static_cast<void*>(frames_ + used_++ * sizeof frame)) Frame(frame);
      add(frame);
    });
    if (fits) {
      known = {place.pc, first, used_ - first};
    } else if (place.is_call) {
      for (Known& other : known_) other.pc = 0;
      used_ = 0;
    }
  }

 private:
  static constexpr unsigned kBits = 6;
  static constexpr uint32_t kFrames = 80;
  struct Known {
    uintptr_t pc = 0;
    uint32_t first = 0;
    uint32_t count = 0;
  };
  [[nodiscard]] const Frame& frame(uint32_t i) const {
    return *std::launder(reinterpret_cast<const Frame*>(frames_ + i * sizeof(Frame)));
  }

  Known known_[1 << kBits];
  uint32_t used_ = 0;
  /// Raw: most walks are short.
  alignas(Frame) unsigned char frames_[kFrames * sizeof(Frame)];
};

/// Adds a frame; code without traces has one for all that lie behind each other.
void add_frame(TraceSink& sink, const Frame& frame) {
  if (frame.function == kNoIndex && sink.count != 0) {
    constexpr uint64_t kKeep = TraceSink::kKeep;
    const uint64_t last = sink.count - 1;
    const Frame& before = last < kKeep ? sink.first[last] : sink.last[last % kKeep];
    if (before.module == frame.module && before.function == kNoIndex) return;
  }
  sink.add(frame);
}

} // namespace

void trace_at(const Store& store, const NativePlace& place, TraceSink& sink) {
  for_frames(store, NativeWalk(store, place), [&](const Frame& frame) { add_frame(sink, frame); });
}

void trace_from(const Store& store, const NativePlace& start, TraceSink& sink) {
  KnownPlaces places;
  for (NativeWalk walk(store, start); !walk.done(); walk.step()) {
    FuncIndex outermost = kNoIndex;
    places.for_frames(store, walk, [&](const Frame& frame) {
      add_frame(sink, frame);
      outermost = frame.function;
    });
    if (outermost != kNoIndex && walk.code().image().value_rows.size() != 0)
      keep_frame_values(store, walk.code().image(), outermost, walk.place().fp, sink);
  }
}

namespace {

/// Collects raw frames as long as there is room.
class Capture {
 public:
  Capture(const Store& store, uintptr_t lowest, std::span<RawFrame> out)
      : store_(store), lowest_(lowest), out_(out) {}

  [[nodiscard]] size_t count() const { return count_; }
  /// Whether the record of the frame at `fp` lies on the part of the stack that is in use.
  [[nodiscard]] bool is_stack(uintptr_t fp) const {
    constexpr int kFirst =
        std::min({platform::kSavedFrameAt, platform::kReturnAddressAt, 0}) * int{sizeof(void*)};
    constexpr uintptr_t kRecord = 2 * sizeof(void*);
    const uintptr_t record = fp + static_cast<uintptr_t>(intptr_t{kFirst});
    return fp % sizeof(void*) == 0 && record >= lowest_ && record < store_.native_stack_base &&
           store_.native_stack_base - record >= kRecord;
  }

  void add_at(const NativePlace& place) {
    for_frames(store_, NativeWalk(store_, place), [&](const Frame& frame) { add(frame); });
  }
  void add_from(const NativePlace& start) {
    uintptr_t before = 0;
    for (NativeWalk walk(store_, start); !walk.done() && count_ < out_.size(); walk.step()) {
      places_.for_frames(store_, walk, [&](const Frame& frame) { add(frame); });
      // Whatever has gone wrong, a walk only leads upward.
      if (!is_stack(walk.place().fp) || walk.place().fp <= before) return;
      before = walk.place().fp;
    }
  }

 private:
  void add(const Frame& frame) {
    if (count_ < out_.size())
      out_[count_++] = {frame.module, frame.function, frame.offset, frame.exact, frame.is_native};
  }

  const Store& store_;
  const uintptr_t lowest_;
  const std::span<RawFrame> out_;
  size_t count_ = 0;
  KnownPlaces places_;
};

} // namespace

size_t capture(const Store& store, const MachineState* at, std::span<RawFrame> out) {
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  Capture capture(store, at == nullptr ? here : at->sp, out);
  const Activation* activation = store.activation;
  if (at != nullptr && store.code_at(at->pc) != nullptr) {
    const NativePlace place{at->pc, at->fp, false};
    NativePlace caller{};
    if (is_in_prologue(store, *at, caller)) {
      capture.add_at(place);
      capture.add_from(caller);
    } else {
      capture.add_from(place);
    }
    // Of the entry that runs, nothing else is known.
    if (activation != nullptr) activation = activation->outer;
  }
  for (; activation != nullptr; activation = activation->outer) {
    if (activation->trace != &trace_native) continue;
    const auto& exit = reinterpret_cast<const NativeActivation&>(*activation).exit;
    // One that is below the stack's end is of a builtin that has returned.
    if (exit.pc != 0 && capture.is_stack(exit.fp)) capture.add_from({exit.pc, exit.fp, true});
  }
  return capture.count();
}

NativeActivation* native_activation(const Store& store) {
  Activation* activation = store.activation;
  if (activation == nullptr || activation->trace != &trace_native) return nullptr;
  return reinterpret_cast<NativeActivation*>(activation);
}

Outcome enter(const FuncRef* self, VmContext*, Cell* cells) {
  VmContext* const vm = self->vmctx;
  Store& store = *vm->store;
  const auto& code = *static_cast<const CompiledModule*>(vm->image);
  const bool may_fault = (code.image().header.required & kNeedFaultHandlers) != 0;
  if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < store.native_stack_limit ||
      (may_fault && !platform::prepare_fault_stack()))
    return store.raise(TrapKind::call_stack_exhausted);
  const auto* entry = static_cast<const FunctionEntry*>(self->record);
  const SignatureRow signature = code.image().signatures[entry->signature];
  const bool tails = entry->tail != 0;
  const void* trampoline = code.code(tails ? signature.tail_trampoline : signature.trampoline);
  const void* function =
      tails ? reinterpret_cast<const uint8_t*>(&entry->tail) + entry->tail : self->native;
  NativeActivation activation{{store.activation, &trace_native}, {}};
  store.activation = &activation.head;
  const uint32_t left =
      platform::wax_enter_native(&activation.exit.boundary, trampoline, vm, function, cells);
  // The frames are gone: whoever left has reported them.
  store.activation = activation.head.outer;
  return static_cast<Outcome>(left);
}

void leave_with_trap(Store& store) {
  NativeActivation& activation = *native_activation(store);
  trace_native(store, activation.head, store.trap.trace);
  platform::wax_leave_native(&activation.exit.boundary, static_cast<uint32_t>(Outcome::trap));
}

namespace {

/// The place of register `number` in what is restored, or null.
uint64_t* find_float(NativeRegisters& registers, uint32_t number) {
  uint32_t index = 0;
  for (const platform::RegisterRun& run : platform::kFloatRuns) {
    if (number - run.first < run.count) return &registers.floats[index + (number - run.first)];
    index += run.count;
  }
  return nullptr;
}
uintptr_t* find_general(NativeRegisters& registers, uint32_t number) {
  uint32_t index = 0;
  for (const platform::RegisterRun& run : platform::kGeneralRuns) {
    if (number - run.first < run.count) return &registers.general[index + (number - run.first)];
    index += run.count;
  }
  return nullptr;
}

/// Reads a row of `Image::frames`. Takes back what the frame has saved if `registers` is not null.
/// Returns the stack pointer of its body, as a distance from the frame pointer.
int64_t read_frame(const Image& image, const CodeRange& range, uintptr_t fp,
                   NativeRegisters* registers) {
  if (range.frame == kNoFrame) return 0;
  PackedReader reader(image.frames.subspan(range.frame));
  const int64_t sp = reader.signed_number();
  (void)reader.signed_number(); // stack pointer of the caller
  const uint64_t count = reader.unsigned_number();
  for (uint64_t i = 0; registers != nullptr && i < count && !reader.failed(); ++i) {
    const auto number = static_cast<uint32_t>(reader.unsigned_number());
    const auto slot = fp + static_cast<uintptr_t>(reader.signed_number());
    if (reader.failed()) break;
    if (uintptr_t* general = find_general(*registers, number); general != nullptr)
      *general = word_at(slot);
    else if (uint64_t* real = find_float(*registers, number); real != nullptr)
      *real = load_unaligned<uint64_t>(reinterpret_cast<const void*>(slot));
  }
  return sp;
}

} // namespace

namespace {

/// Adds a frame that the exception passes to its trace. What the frame is of takes work to find,
/// which is for `trace_passed`: exceptions are thrown too often.
void note_passed(Store& store, const NativeWalk& walk) {
  Frame frame;
  frame.module = walk.code().module;
  frame.function = kNoIndex;
  frame.code = reinterpret_cast<const void*>(walk.place().pc);
  store.trap.trace.add(frame);
}

/// Puts in the place of the frames noted what they are of, which may be several each.
void trace_passed(Store& store) {
  TraceSink& sink = store.trap.trace;
  const TraceSink noted = sink;
  sink.count = 0;
  const auto add = [&](const Frame& frame) {
    if (frame.module == nullptr || frame.function != kNoIndex)
      sink.add(frame);
    else
      trace_at(store, {reinterpret_cast<uintptr_t>(frame.code), 0, true}, sink);
  };
  constexpr uint64_t kKeep = TraceSink::kKeep;
  for (uint64_t i = 0; i < noted.count && i < kKeep; ++i) add(noted.first[i]);
  if (noted.count <= kKeep) return;
  // Between the first and the last ones, some are only counted.
  const uint64_t start = noted.count > 2 * kKeep ? noted.count - kKeep : kKeep;
  if (sink.count >= kKeep) sink.count += start - kKeep;
  for (uint64_t i = start; i < noted.count; ++i) add(noted.last[i % kKeep]);
}

} // namespace

void unwind(Store& store, Unwinding how) {
  NativeActivation& activation = *native_activation(store);
  const platform::NativeExit& exit = activation.exit;
  platform::NativeResume resume{};
  resume.registers = *exit.registers;
  bool is_known = how == Unwinding::passed_on;
  for (NativeWalk walk(store, {exit.pc, exit.fp, true}); !walk.done(); walk.step()) {
    if (walk.range() == kNoRange) continue;
    const Image& image = walk.code().image();
    const CodeRange range = image.ranges[walk.range()];
    if (!is_known) note_passed(store, walk);
    is_known = false;
    const uint32_t pad = find_pad(image, walk.pc());
    const uintptr_t fp = walk.place().fp;
    if (pad == 0) {
      read_frame(image, range, fp, &resume.registers);
      continue;
    }
    resume.fp = fp;
    resume.sp = fp + static_cast<uintptr_t>(read_frame(image, range, fp, nullptr));
    resume.pc = reinterpret_cast<uintptr_t>(walk.code().code(pad));
    resume.exception = runtime::catch_exception(store);
    store.activation = &activation.head;
    platform::wax_resume_native(&resume);
  }
  trace_passed(store);
  platform::wax_leave_native(&exit.boundary, static_cast<uint32_t>(Outcome::exception));
}

} // namespace waxwing::image
