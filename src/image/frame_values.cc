// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "image/frame_values.hpp"

#include "image/sites.hpp"
#include "runtime/instance.hpp"

namespace waxwing::image {

using runtime::Frame;
using runtime::Store;
using runtime::TraceSink;

namespace {

FrameValues* values_of(const Store& store) { return static_cast<FrameValues*>(store.frame_values); }

uint32_t size_of(FrameValueKind kind) {
  switch (kind) {
  case FrameValueKind::i32:
  case FrameValueKind::f32: return 4;
  case FrameValueKind::i64:
  case FrameValueKind::f64: return 8;
  case FrameValueKind::v128: return 16;
  case FrameValueKind::reference: return sizeof(void*);
  }
  return 0;
}

FrameValueKind kind_of(ValType type) {
  switch (type.code()) {
  case val::i32.code(): return FrameValueKind::i32;
  case val::i64.code(): return FrameValueKind::i64;
  case val::f32.code(): return FrameValueKind::f32;
  case val::f64.code(): return FrameValueKind::f64;
  case val::v128.code(): return FrameValueKind::v128;
  default: return FrameValueKind::reference;
  }
}

/// The function of the host that the last frame but one of the trace is of, or null. What it was
/// called with lies in the frame of its caller.
const Frame* host_before(const TraceSink& sink) {
  if (sink.count < 2) return nullptr;
  const Frame& frame = sink.first[sink.count - 2];
  const bool is_host =
      frame.module != nullptr && frame.function < frame.module->module().imported_functions;
  return is_host ? &frame : nullptr;
}

/// Whether the slot of an argument is that of the call: slots are shared by calls of functions
/// whose arguments are of the same types.
bool is_param_of(const Frame& callee, uint32_t index, FrameValueKind kind) {
  const std::span<const ValType> params = callee.module->module().type_of(callee.function).params;
  return index < params.size() && kind_of(params[index]) == kind;
}

} // namespace

bool make_frame_values(Store& store) {
  if (store.frame_values != nullptr) return true;
  void* const memory = store.arena().allocate(sizeof(FrameValues), alignof(FrameValues));
  if (memory != nullptr) store.frame_values = ::new (memory) FrameValues;
  return memory != nullptr;
}

void keep_frame_values(const Store& store, const Image& image, uint32_t function, uintptr_t fp,
                       const TraceSink& sink) {
  FrameValues* const kept = values_of(store);
  if (kept == nullptr || sink.count == 0 || sink.count > TraceSink::kKeep) return;
  const auto number = static_cast<uint32_t>(sink.count - 1);
  // Its slots may lie where the stack has no memory.
  if (number == 0 && store.trap.kind == TrapKind::call_stack_exhausted) return;
  if (kept->count != 0 && kept->values[kept->count - 1].frame >= number) kept->count = 0;
  uint32_t low = 0, high = image.value_rows.size();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (image.value_rows[middle].function < function)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == image.value_rows.size() || image.value_rows[low].function != function) return;
  PackedReader reader(image.values.subspan(image.value_rows[low].at));
  const Frame* const host = host_before(sink);
  const uint64_t count = reader.unsigned_number();
  for (uint64_t i = 0; i < count && kept->count < FrameValues::kMost; ++i) {
    const uint64_t what = reader.unsigned_number();
    const auto kind = static_cast<FrameValueKind>(reader.byte());
    const auto at = fp + static_cast<uintptr_t>(reader.signed_number());
    const auto index = static_cast<uint32_t>(what >> 1);
    const bool is_param = (what & 1) != 0;
    const uint32_t size = size_of(kind);
    if (reader.failed() || size == 0) return;
    if (is_param && (host == nullptr || !is_param_of(*host, index, kind))) continue;
    FrameValue& value = kept->values[kept->count++];
    value = {is_param ? number - 1 : number, index, is_param, kind, {}};
    std::memcpy(value.bytes, reinterpret_cast<const void*>(at), size);
  }
}

std::span<const FrameValue> last_frame_values(const Store& store) {
  const FrameValues* const kept = values_of(store);
  if (kept == nullptr) return {};
  return {kept->values, kept->count != 0 ? kept->count : kept->taken};
}

std::span<const FrameValue> take_frame_values(Store& store) {
  FrameValues* const kept = values_of(store);
  if (kept == nullptr) return {};
  kept->taken = kept->count;
  kept->count = 0;
  return {kept->values, kept->taken};
}

} // namespace waxwing::image
