// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// scanf and its kin for guests without a sandbox: their arguments are all pointers, which lie as C
// wants them. Only long doubles are read into the host's first.
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <limits>

#include "nosandbox/format.hpp"
#include "nosandbox/long_double.hpp"
#include "platform/argument_list.hpp"

namespace waxwing::nosandbox {

namespace {

constexpr size_t kMostArguments = 128;

class Scan {
 public:
  template <class Read>
  int run(const char* format, const char* guest, Read&& read) {
    std::array<Passed, kMostArguments> kinds;
    const int count = read_scan_format(format, kinds);
    if (count < 0) {
      errno = EOVERFLOW;
      return EOF;
    }
    if (count > 0) std::memcpy(words_.data(), guest, static_cast<size_t>(count) * sizeof words_[0]);
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
      if (kinds[i] != Passed::long_double_pointer) continue;
      GuestLongDouble before{};
      targets_[i] = reinterpret_cast<GuestLongDouble*>(words_[i]);
      std::memcpy(&before, targets_[i], sizeof before);
      values_[i] = before_[i] = to_host(before);
      words_[i] = reinterpret_cast<uint64_t>(&values_[i]);
    }
    va_list list;
    platform::make_argument_list(list, words_.data());
    const int result = read(list);
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
      // What was not read is left as it was.
      constexpr size_t kBytes = std::numeric_limits<long double>::digits == 113 ? 16 : 10;
      if (targets_[i] == nullptr || std::memcmp(&values_[i], &before_[i], kBytes) == 0) continue;
      const GuestLongDouble made = to_guest(values_[i]);
      std::memcpy(targets_[i], &made, sizeof made);
    }
    return result;
  }

 private:
  alignas(16) std::array<uint64_t, kMostArguments> words_{};
  std::array<GuestLongDouble*, kMostArguments> targets_{};
  std::array<long double, kMostArguments> values_{};
  std::array<long double, kMostArguments> before_{};
};

} // namespace

// NOLINTBEGIN(clang-analyzer-security.VAList): the list is made by other means than va_start.
extern "C" {

int waxwing_nosandbox_vfscanf(FILE* file, const char* format, const char* arguments) {
  return Scan().run(format, arguments,
                    [&](va_list& list) { return std::vfscanf(file, format, list); });
}
int waxwing_nosandbox_vscanf(const char* format, const char* arguments) {
  return waxwing_nosandbox_vfscanf(stdin, format, arguments);
}
int waxwing_nosandbox_vsscanf(const char* text, const char* format, const char* arguments) {
  return Scan().run(format, arguments,
                    [&](va_list& list) { return std::vsscanf(text, format, list); });
}
int waxwing_nosandbox_fscanf(FILE* file, const char* format, const char* arguments) {
  return waxwing_nosandbox_vfscanf(file, format, arguments);
}
int waxwing_nosandbox_scanf(const char* format, const char* arguments) {
  return waxwing_nosandbox_vfscanf(stdin, format, arguments);
}
int waxwing_nosandbox_sscanf(const char* text, const char* format, const char* arguments) {
  return waxwing_nosandbox_vsscanf(text, format, arguments);
}

} // extern "C"
// NOLINTEND(clang-analyzer-security.VAList)

} // namespace waxwing::nosandbox
