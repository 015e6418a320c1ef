// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "runtime/cell.hpp"

namespace waxwing::runtime {

struct VmContext;
struct RuntimeType;
struct FuncRef;
class Store;
class Instance;

/// The one signature through which any function can be called: arguments are in `cells` one after
/// the other, results replace them from the first cell on; the array holds the larger of both.
/// `caller` is the context of the calling instance, null when the embedder calls. The value stack
/// above `cells` is free for the callee from `Store::stack_top` on.
using UniformEntry = Outcome (*)(const FuncRef* self, VmContext* caller, Cell* cells);

/// What a function reference points to. Lives as long as its store.
struct FuncRef {
  /// Context of the instance that defines the function; null for a host function.
  VmContext* vmctx;
  /// Canonical type, engine-wide: identical types have identical pointers.
  const RuntimeType* type;
  /// Entry of compiled code under the target's convention (docs/abi.md), or null: a foreign
  /// function, which compiled code calls through `uniform`.
  const void* native;
  UniformEntry uniform;
  /// Whoever made the reference keeps here what it knows of the function: an engine its own record,
  /// a host function its `HostFunction`.
  void* record;
};

/// What a host function is given. References into it are valid during the call only.
struct HostCall {
  Store& store;
  /// The instance that calls, null when the embedder calls the function directly.
  Instance* caller;
  /// Arguments, then results.
  Cell* cells;
  /// The pointer given when the function was defined.
  void* data;
};

/// A function of the host. Returns `Outcome::ok` with the results in `call.cells`, or a trap made
/// with `Store::raise`.
using HostCallback = Outcome (*)(HostCall& call);

struct HostFunction {
  FuncRef ref;
  HostCallback callback;
  void* data;
  Store* store;
};

} // namespace waxwing::runtime
