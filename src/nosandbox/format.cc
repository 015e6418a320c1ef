// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "nosandbox/format.hpp"

#include <algorithm>
#include <cstring>

namespace waxwing::nosandbox {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_in(char c, const char* set) { return c != 0 && std::strchr(set, c) != nullptr; }

/// Walks a format from conversion to conversion.
class Walk {
 public:
  Walk(const char* format, std::span<Passed> out) : at_(format), out_(out) {
    for (Passed& one : out_) one = Passed::unknown;
  }

  /// Moves behind the next `%` that begins a conversion. False at the end.
  bool next() {
    while (*at_ != 0) {
      if (*at_++ != '%') continue;
      if (*at_ != '%') return *at_ != 0;
      ++at_;
    }
    return false;
  }
  /// `n$`, or -1 where there is none: then arguments are taken in turn.
  int position() {
    const char* end = at_;
    int number = 0;
    constexpr int kMost = 10000; // more than anybody has room for
    for (; is_digit(*end); ++end) number = std::min(number * 10 + (*end - '0'), kMost);
    if (*end != '$' || end == at_ || number == 0) return -1;
    at_ = end + 1;
    return number - 1;
  }
  void skip(const char* set) {
    while (is_in(*at_, set)) ++at_;
  }
  void skip_digits() {
    while (is_digit(*at_)) ++at_;
  }
  bool take(char c) {
    if (*at_ != c) return false;
    ++at_;
    return true;
  }
  /// Says whether an integer is long; `L` is for the caller.
  bool length(bool& is_long_double) {
    bool is_long = false;
    is_long_double = false;
    for (; is_in(*at_, "hlqjzZtL"); ++at_) {
      if (*at_ != 'h') is_long = true;
      if (*at_ == 'L') is_long_double = true;
    }
    return is_long;
  }
  char conversion() {
    if (*at_ == 0) return 0;
    return *at_++;
  }
  /// `[abc]`, behind its bracket.
  void skip_set() {
    if (*at_ == '^') ++at_;
    if (*at_ == ']') ++at_;
    while (*at_ != 0 && *at_ != ']') ++at_;
    if (*at_ == ']') ++at_;
  }

  void put(int position, Passed passed) {
    const int index = position >= 0 ? position : in_turn_++;
    if (static_cast<size_t>(index) >= out_.size()) {
      too_many_ = true;
      return;
    }
    out_[static_cast<size_t>(index)] = passed;
    if (index >= count_) count_ = index + 1;
  }
  [[nodiscard]] int count() const { return too_many_ ? -1 : count_; }

 private:
  const char* at_;
  std::span<Passed> out_;
  int in_turn_ = 0;
  int count_ = 0;
  bool too_many_ = false;
};

/// `*` or digits: a width or a precision.
void read_number(Walk& walk) {
  if (walk.take('*')) {
    const int position = walk.position();
    walk.put(position, Passed::narrow);
  } else {
    walk.skip_digits();
  }
}

} // namespace

int read_print_format(const char* format, std::span<Passed> out) {
  Walk walk(format, out);
  while (walk.next()) {
    const int position = walk.position();
    walk.skip("-+ #0'I");
    read_number(walk);
    if (walk.take('.')) read_number(walk);
    bool is_long_double = false;
    const bool is_long = walk.length(is_long_double);
    const char conversion = walk.conversion();
    if (is_in(conversion, "diouxX"))
      walk.put(position, is_long ? Passed::wide : Passed::narrow);
    else if (is_in(conversion, "aAeEfFgG"))
      walk.put(position, is_long_double ? Passed::long_double : Passed::wide);
    else if (is_in(conversion, "cC"))
      walk.put(position, Passed::narrow);
    else if (is_in(conversion, "sSpn"))
      walk.put(position, Passed::wide);
    // `%m` takes none, and what is no conversion neither.
  }
  return walk.count();
}

int read_scan_format(const char* format, std::span<Passed> out) {
  Walk walk(format, out);
  while (walk.next()) {
    const int position = walk.position();
    const bool is_kept = !walk.take('*');
    walk.skip("'I");
    walk.skip_digits();
    walk.skip("m");
    bool is_long_double = false;
    (void)walk.length(is_long_double);
    const char conversion = walk.conversion();
    if (conversion == '[') walk.skip_set();
    if (!is_kept || !is_in(conversion, "diouxXaAeEfFgGcCsS[pn")) continue;
    const bool is_float = is_in(conversion, "aAeEfFgG");
    walk.put(position, is_float && is_long_double ? Passed::long_double_pointer : Passed::wide);
  }
  return walk.count();
}

} // namespace waxwing::nosandbox
