// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <vector>

#include "wasm/module.hpp"

namespace waxwing::compile {

/// Which custom sections an image keeps.
enum class Customs : uint8_t { all, names, none };

/// The module as an image keeps it: without its code section. Where it is to lie at the offset `at`
/// of a file with pages of `page` bytes, and its memory 0 starts with much (`initial_memory`), one
/// data segment has all of that, in whole pages of the file that a memory can be mapped from
/// (`runtime::MemoryImage`); the others keep their places, empty. `page` 0: data stay as they are.
[[nodiscard]] std::vector<uint8_t> module_inside(const waxwing::Module& wasm, Customs kept,
                                                 uint64_t at = 0, uint64_t page = 0);

} // namespace waxwing::compile
