// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "native/lines.hpp"
#include "native/text.hpp"
#include "runtime/instance.hpp"

/// Why a guest was stopped, in the words of the program `waxwing` (describe/trap_text.hpp), which
/// is too large to be a part of every native program; tests/native/run.py compares the two.
namespace waxwing::native {

/// The trap of a store, as in `out of bounds memory access (address 0x1fffe+4, memory 0 is 0x20000
/// bytes)`.
void add_trap(Text& text, const runtime::TrapInfo& trap);
/// A line a function, innermost first, with its place in the source where that is known.
void add_trace(Text& text, const runtime::TraceSink& trace, const SourceOf& source);
/// An exception that nobody has caught: its tag and values.
void add_exception(Text& text, const runtime::Store& store, runtime::Ref exception);
/// What could not be loaded or instantiated.
void add_error(Text& text, const Error& error);

/// The name of a function in its module; empty where it has none.
[[nodiscard]] std::string_view function_name(const Module& module, FuncIndex function, Text& room);

} // namespace waxwing::native
