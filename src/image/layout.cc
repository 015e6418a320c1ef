// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runtime's structures against the layouts that compiled code relies on.
#include "image/layout.hpp"

#include <cstddef>

#include "runtime/gc/object.hpp"
#include "runtime/instance.hpp"
#include "wasm/object_layout.hpp"

namespace waxwing::image {

namespace {

using runtime::ArrayObject;
using runtime::Cell;
using runtime::FuncRef;
using runtime::Global;
using runtime::Object;
using runtime::RuntimeType;
using runtime::VmContext;
using runtime::VmMemory;
using runtime::VmStore;
using runtime::VmTable;

constexpr Layout kHere{sizeof(void*)};

#define WAX_VMCTX(type, name, fixed)                                                               \
  static_assert(offsetof(VmContext, name) == kHere.vm(VmField::name));
#include "runtime/vmctx.def"
#undef WAX_VMCTX
static_assert(offsetof(VmStore, fuel) == kHere.store_fuel());
static_assert(offsetof(VmStore, native_stack_limit) == kHere.store_native_stack_limit());
static_assert(offsetof(VmStore, interrupt_word) == kHere.store_interrupt_word());
static_assert(offsetof(VmStore, activation) == kHere.store_activation());
static_assert(offsetof(VmStore, frame_top) == kHere.store_frame_top());
static_assert(offsetof(VmMemory, base) == kHere.memory_base());
static_assert(offsetof(VmMemory, size) == kHere.memory_size());
static_assert(offsetof(VmTable, elements) == kHere.table_elements());
static_assert(offsetof(VmTable, size) == kHere.table_size());
static_assert(offsetof(Global, value) == 0 && sizeof(Global) == kHere.global_stride());
static_assert(offsetof(FuncRef, vmctx) == kHere.ref_vmctx());
static_assert(offsetof(FuncRef, type) == kHere.ref_type());
static_assert(offsetof(FuncRef, native) == kHere.ref_native());
static_assert(offsetof(FuncRef, uniform) == kHere.ref_uniform());
static_assert(offsetof(FuncRef, record) == kHere.ref_record());
static_assert(offsetof(RuntimeType, depth) == kHere.type_depth());
static_assert(offsetof(RuntimeType, display) == kHere.type_display());
static_assert(offsetof(RuntimeType, object) == kHere.type_object());
static_assert(sizeof(RuntimeType::object) == 1);
static_assert(static_cast<unsigned>(runtime::ObjectKind::struct_) == kStructKind);
static_assert(static_cast<unsigned>(runtime::ObjectKind::array) == kArrayKind);
static_assert(offsetof(Object, type) == kHere.object_type());
static_assert(sizeof(Object) == array_length_offset(sizeof(void*)) &&
              alignof(ArrayObject) == sizeof(void*));
static_assert(sizeof(Cell) == kHere.cell() || kSlotBits == 32);

static_assert(image::kGuardedBytes == runtime::kGuardedBytes);

} // namespace

} // namespace waxwing::image
