// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/frame_values.hpp"
#include "runtime/store.hpp"
#include "runtime/trap.hpp"
#include "wasm/module.hpp"

namespace waxwing::describe {

/// Gets the bytes of a core dump, piece by piece.
using WriteBytes = std::function<void(std::span<const uint8_t> bytes)>;

/// What a module is called in a core dump.
using ModuleName = std::function<std::string(const Module& module)>;

/// Writes what the instances of a store looked like when `trace` was made, as a module in the
/// format of WebAssembly's tool conventions (Coredump.md): the stack, all memories and globals.
/// `values` are those that frames are known to have had; other locals, operands, and what the
/// format has no type for (vectors, references) are missing. References in globals are null, and of
/// memories the pages that hold nothing but zeros are not written. No guest of the store may run
/// meanwhile. Returns how many bytes of memory had no room: a section holds 4 GiB.
uint64_t write_core_dump(const runtime::Store& store, const runtime::TraceSink& trace,
                         std::span<const image::FrameValue> values, std::string_view program,
                         const ModuleName& name_of, const WriteBytes& write);

/// One frame of a core dump.
struct DumpedFrame {
  uint32_t instance;
  FuncIndex function;
  /// From the function's first byte.
  uint32_t offset;
  /// Those that are known, by index.
  std::vector<image::FrameValue> locals;
};

/// What a core dump says of the stack.
struct CoreDump {
  std::string program;
  std::string thread;
  /// Innermost first.
  std::vector<DumpedFrame> frames;
  std::vector<std::string> modules;
  /// The module of each instance.
  std::vector<uint32_t> instances;
};

/// The stack in a module's custom sections; nothing where it is no core dump, or a damaged one.
[[nodiscard]] std::optional<CoreDump> read_core_dump(const Module& module);

} // namespace waxwing::describe
