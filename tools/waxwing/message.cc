// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/message.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "platform/terminal.hpp"

namespace waxwing::tool {

namespace {

/// Of a `KeepErrors`.
std::string* kept = nullptr;

} // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // C1 controls are two bytes in UTF-8, the second below 0xA0.
    const bool c1 =
        c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if ((c < 0x20 && c != '\n') || c == 0x7F || c1)
      out += fmt::format("\\x{:02x}", c);
    else
      out += text[i];
  }
  return out;
}

bool use_colour(int stream) {
  const char* refused = std::getenv("NO_COLOR");
  return (refused == nullptr || *refused == '\0') && platform::is_terminal(stream);
}

void print_labelled(std::string_view label, std::string_view text) {
  const bool colour = use_colour(2);
  fmt::print(stderr, "waxwing: {}{}:{} {}\n", colour ? "\x1b[1;31m" : "", label,
             colour ? "\x1b[0m" : "", printable(text));
}

int print_error(std::string_view text) {
  if (kept != nullptr)
    *kept += fmt::format("{}{}", kept->empty() ? "" : "\n", printable(text));
  else
    print_labelled("error", text);
  return kExitError;
}

void print_advice(std::string_view text) {
  if (kept == nullptr) fmt::print(stderr, "  {}\n", printable(text));
}

KeepErrors::KeepErrors() { kept = new std::string; }
KeepErrors::~KeepErrors() { delete std::exchange(kept, nullptr); }
std::string KeepErrors::take() { return std::exchange(*kept, {}); }

} // namespace waxwing::tool
