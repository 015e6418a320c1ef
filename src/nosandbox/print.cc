// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// printf and its kin for guests without a sandbox (docs/native.md). Wasm passes arguments that vary
// as the address of where they lie, each in its own size; C wants them in words.
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "nosandbox/format.hpp"
#include "nosandbox/long_double.hpp"
#include "platform/argument_list.hpp"

namespace waxwing::nosandbox {

namespace {

constexpr size_t kMostArguments = 256;

/// The arguments in the host's form.
class Arguments {
 public:
  /// False where the format asks for too many.
  bool read(const char* format, const char* guest) {
    std::array<Passed, kMostArguments> kinds;
    const int count = read_print_format(format, kinds);
    if (count < 0) return false;
    uintptr_t at = reinterpret_cast<uintptr_t>(guest);
    size_t word = 0;
    const auto take = [&](void* to, size_t size) {
      at = (at + size - 1) & ~(size - 1);
      std::memcpy(to, reinterpret_cast<const void*>(at), size);
      at += size;
    };
    for (int i = 0; i < count; ++i) {
      if (kinds[static_cast<size_t>(i)] == Passed::long_double) {
        GuestLongDouble value{};
        take(&value, sizeof value);
        const long double made = to_host(value);
        word += word % 2;
        std::memcpy(&words_[word], &made, sizeof made);
        word += 2;
        continue;
      }
      const bool is_wide = kinds[static_cast<size_t>(i)] == Passed::wide;
      take(&words_[word++], is_wide ? 8 : 4);
    }
    return true;
  }
  [[nodiscard]] const uint64_t* words() const { return words_.data(); }

 private:
  alignas(16) std::array<uint64_t, 2 * kMostArguments> words_{};
};

/// Lets `print` print by a list of the host's.
template <class Print>
int with_arguments(const char* format, const char* guest, Print&& print) {
  Arguments arguments;
  if (!arguments.read(format, guest)) {
    errno = EOVERFLOW;
    return -1;
  }
  va_list list;
  platform::make_argument_list(list, arguments.words());
  return print(list);
}

} // namespace

// NOLINTBEGIN(clang-analyzer-security.VAList): the list is made by other means than va_start.
extern "C" {

int waxwing_nosandbox_vfprintf(FILE* file, const char* format, const char* arguments) {
  return with_arguments(format, arguments,
                        [&](va_list& list) { return std::vfprintf(file, format, list); });
}
int waxwing_nosandbox_vprintf(const char* format, const char* arguments) {
  return waxwing_nosandbox_vfprintf(stdout, format, arguments);
}
int waxwing_nosandbox_vsnprintf(char* to, size_t size, const char* format, const char* arguments) {
  return with_arguments(format, arguments,
                        [&](va_list& list) { return std::vsnprintf(to, size, format, list); });
}
int waxwing_nosandbox_vsprintf(char* to, const char* format, const char* arguments) {
  return with_arguments(format, arguments,
                        [&](va_list& list) { return std::vsprintf(to, format, list); });
}

// To a guest a va_list is the same address.
int waxwing_nosandbox_fprintf(FILE* file, const char* format, const char* arguments) {
  return waxwing_nosandbox_vfprintf(file, format, arguments);
}
int waxwing_nosandbox_printf(const char* format, const char* arguments) {
  return waxwing_nosandbox_vfprintf(stdout, format, arguments);
}
int waxwing_nosandbox_snprintf(char* to, size_t size, const char* format, const char* arguments) {
  return waxwing_nosandbox_vsnprintf(to, size, format, arguments);
}
int waxwing_nosandbox_sprintf(char* to, const char* format, const char* arguments) {
  return waxwing_nosandbox_vsprintf(to, format, arguments);
}

} // extern "C"
// NOLINTEND(clang-analyzer-security.VAList)

} // namespace waxwing::nosandbox
