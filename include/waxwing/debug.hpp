// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <memory>
#include <string>

#include "waxwing/error.hpp"
#include "waxwing/module.hpp"

/// What debuggers and profilers are told of machine code that no file of theirs shows. Not part of
/// `waxwing/waxwing.hpp`.
namespace waxwing::inline v0 {

/// The machine code of a module, as profilers on Linux read it in `/tmp/perf-PID.map`: for each
/// piece a line with its address and size in hexadecimal and the name of the function. Empty for a
/// module without any.
[[nodiscard]] WAXWING_API std::string perf_map(const Module& module);

/// A debugger's knowledge of the machine code of a module, which goes away with the last copy of
/// the handle; keep it no longer than the module. A handle; thread-safe.
class WAXWING_API DebuggerEntry {
 public:
  ~DebuggerEntry();
  DebuggerEntry(const DebuggerEntry&);
  DebuggerEntry& operator=(const DebuggerEntry&);
  DebuggerEntry(DebuggerEntry&&) noexcept;
  DebuggerEntry& operator=(DebuggerEntry&&) noexcept;

 private:
  friend Result<DebuggerEntry> tell_debugger(const Module& module);
  struct State;
  explicit DebuggerEntry(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// Tells gdb and lldb, should one be or come to be attached to this process, of the machine code of
/// a module (by GDB's "JIT compilation interface"): names of functions, and lines of the source
/// where it was compiled with `CompileOptions::debug_info`. Takes memory of the image's size. Fails
/// with `usage` for a module that has no machine code, and with `image` where its ELF file is
/// damaged.
[[nodiscard]] WAXWING_API Result<DebuggerEntry> tell_debugger(const Module& module);

} // namespace waxwing::inline v0
