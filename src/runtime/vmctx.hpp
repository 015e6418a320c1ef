// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/cell.hpp"
#include "runtime/func_ref.hpp"
#include "runtime/global.hpp"
#include "runtime/memory.hpp"
#include "runtime/table.hpp"

namespace waxwing::runtime {

class Store;
struct Tag;

/// The head of an instance: what guest code of every engine sees of it. Fields are listed once, in
/// `runtime/vmctx.def`, from which offsets for any pointer width are computed.
struct VmContext {
#define WAX_VMCTX(type, name, fixed) type name;
#include "runtime/vmctx.def"
#undef WAX_VMCTX
};

} // namespace waxwing::runtime
