// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// Marks what the shared library exports, also in a program that hides its own symbols.
#define WAXWING_API [[gnu::visibility("default")]]

namespace waxwing::inline v0 {

class Engine;
class Exception;
class Func;
class Instance;
class Linker;
class Memory;
class Module;
class Store;
class Tag;
class Value;

/// The library's own; what is behind these is not part of the interface.
namespace impl {
struct EngineState;
struct ModuleState;
struct StoreState;
struct CallState;
class Root;
struct StoreControl;
} // namespace impl

} // namespace waxwing::inline v0
