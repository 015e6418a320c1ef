// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Internal to the room: parsing modules out of a list of tokens.
#pragma once

#include <cstdint>
#include <string>

#include "text/lexer.hpp"
#include "text/parse.hpp"

namespace waxwing::text {

/// Like `parse_module`, for the tokens [begin, end) of `list`.
[[nodiscard]] TextResult<Binary> parse_tokens(const TokenList& list, uint32_t begin, uint32_t end,
                                              const ParseOptions& options);

/// The message for a token that does not belong where it is; `wanted` (may be null) says what does.
[[nodiscard]] std::string unexpected_token(const TokenList& list, const Token& token,
                                           const char* wanted);

} // namespace waxwing::text
