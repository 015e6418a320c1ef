// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// The rooms below and the public headers, in this order. Some names are in both (a `Module` is one
// thing in the core and another to an embedder): the core's are in `waxwing`, the interface's in
// its inline namespace `v0`, which is where the code of this room is. There a plain name is the
// interface's, and `core::` says the other; this works because `core` is filled before the public
// names are known. So sources of this room include the core through this header only.
#include "base/allocator.hpp"
#include "base/config.hpp"
#include "base/error.hpp"
#include "base/reader.hpp"
#include "describe/core_dump.hpp"
#include "describe/error_text.hpp"
#include "describe/image_text.hpp"
#include "describe/names.hpp"
#include "describe/tag_text.hpp"
#include "describe/trap_text.hpp"
#include "describe/types.hpp"
#include "describe/value_text.hpp"
#include "image/image.hpp"
#include "interp/interp.hpp"
#include "platform/clock.hpp"
#include "platform/host_thread.hpp"
#include "platform/mapped_file.hpp"
#include "platform/memory.hpp"
#include "platform/thread.hpp"
#include "runtime/engine.hpp"
#include "runtime/exception.hpp"
#include "runtime/gc/aggregate.hpp"
#include "runtime/instance.hpp"
#include "runtime/linker.hpp"
#include "runtime/loaded_module.hpp"
#include "runtime/store.hpp"
#include "text/parse.hpp"
#include "text/print.hpp"
#include "wasi/threads.hpp"
#include "wasi/wasi.hpp"
#include "wasm/instruction.hpp"
#include "wasm/module.hpp"
#include "wasm/types.hpp"

namespace waxwing::core {
using waxwing::Allocator;
using waxwing::Error;
using waxwing::ErrorCode;
using waxwing::Export;
using waxwing::ExternKind;
using waxwing::Feature;
using waxwing::FeatureSet;
using waxwing::FieldType;
using waxwing::GlobalType;
using waxwing::Import;
using waxwing::Limits;
using waxwing::MemoryType;
using waxwing::Module;
using waxwing::TableType;
using waxwing::TrapKind;
using waxwing::ValType;
} // namespace waxwing::core

#include <waxwing/waxwing.hpp>
