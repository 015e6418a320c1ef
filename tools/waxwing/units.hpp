// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "wasm/feature.hpp"

/// The values that options take. The failed side says what would have been right.
namespace waxwing::tool {

/// `500ms`, `2s`, `1.5s`, `3m`; a bare number is in milliseconds. Gives milliseconds.
[[nodiscard]] std::expected<uint64_t, std::string> parse_duration(std::string_view text);

/// A number of bytes; `K`, `M`, `G` (or `KiB` ...) multiply by powers of 1024.
[[nodiscard]] std::expected<uint64_t, std::string> parse_size(std::string_view text);

/// A plain number, `_` allowed between digits.
[[nodiscard]] std::expected<uint64_t, std::string> parse_count(std::string_view text);

/// 0 to 65535.
[[nodiscard]] std::optional<uint16_t> parse_port(std::string_view text);

/// A comma-separated list: first, if wanted, a set to start from (`wasm1`, `wasm2`, `wasm3`,
/// `default`, `all`, `threads-proposal`), then `+feature` and `-feature`.
[[nodiscard]] std::expected<FeatureSet, std::string> parse_features(std::string_view text);

} // namespace waxwing::tool
