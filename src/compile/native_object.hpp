// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Native programs and libraries: an image as an object file, and the linker.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "compile/native.hpp"
#include "compile/native_interface.hpp"
#include "compile/options.hpp"

namespace waxwing::compile {

/// An ELF object with the image of `input` and what native/embedded.hpp says of it.
[[nodiscard]] Outcome<std::vector<uint8_t>>
native_object(const WaxNativeInput& input, const CInterface& interface, const Options& options);

/// Links with lld, in this process.
[[nodiscard]] Outcome<void> link_native(const std::vector<std::string>& words);

/// The archive at `base` with one more member.
[[nodiscard]] Outcome<std::vector<uint8_t>>
archive_with(const std::string& base, const std::string& member, std::span<const uint8_t> object);

} // namespace waxwing::compile
