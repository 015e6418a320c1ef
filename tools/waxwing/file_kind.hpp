// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// Files that someone takes for a module, in the words of whoever chose them by mistake.
namespace waxwing::tool {

/// What a file is that is neither a binary module nor text in parentheses, and what to do with it.
/// `path` is asked for its ending alone.
[[nodiscard]] std::string what_it_is(std::string_view path, std::span<const uint8_t> bytes);

/// Whether text in parentheses is a component.
[[nodiscard]] bool is_component_text(std::string_view source);

/// What to do with the component at `path`, and with an object file: a line to follow `error: `, or
/// to stand below it, and a command.
[[nodiscard]] std::string component_advice(std::string_view path);
[[nodiscard]] std::string object_file_advice(std::string_view path);

/// The custom section by which an object file is known, which a linker makes programs of (tool
/// conventions, Linking.md).
inline constexpr std::string_view kLinkingSection = "linking";

} // namespace waxwing::tool
