// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// Waxwing, a runtime for WebAssembly, as a library.
///
///     Engine    configuration, shared by everything; thread-safe
///     Module    decoded and validated code; thread-safe
///     Store     a world of instances with its limits; one thread at a time
///     Linker    names for what modules import; WASI
///     Instance  a module in a store: functions, memories, tables, globals
///
/// Errors are values (`Result<T>`); nothing throws but `std::bad_alloc`. The headers need C++23's
/// `<expected>` and the standard library, nothing else. docs/embedding.md tells the whole story.

#include "waxwing/engine.hpp"
#include "waxwing/error.hpp"
#include "waxwing/exception.hpp"
#include "waxwing/function.hpp"
#include "waxwing/gc.hpp"
#include "waxwing/host.hpp"
#include "waxwing/linker.hpp"
#include "waxwing/module.hpp"
#include "waxwing/object.hpp"
#include "waxwing/store.hpp"
#include "waxwing/types.hpp"
#include "waxwing/value.hpp"
#include "waxwing/wasi.hpp"
