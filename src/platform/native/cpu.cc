// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/cpu.hpp"

#if defined(__linux__) && (defined(__aarch64__) || defined(__riscv))
#include <sys/auxv.h>
#endif

namespace waxwing::platform {

#if defined(__x86_64__)

namespace {
struct Feature {
  std::string_view name;
  bool (*has)();
};
// LLVM's words, and those of __builtin_cpu_supports.
#define WAX_CPU(name, word) {name, [] { return __builtin_cpu_supports(word) != 0; }}
constexpr Feature kFeatures[] = {
    WAX_CPU("sse3", "sse3"),
    WAX_CPU("ssse3", "ssse3"),
    WAX_CPU("sse4.1", "sse4.1"),
    WAX_CPU("sse4.2", "sse4.2"),
    WAX_CPU("popcnt", "popcnt"),
    WAX_CPU("avx", "avx"),
    WAX_CPU("avx2", "avx2"),
    WAX_CPU("fma", "fma"),
    WAX_CPU("bmi", "bmi"),
    WAX_CPU("bmi2", "bmi2"),
    WAX_CPU("aes", "aes"),
    WAX_CPU("pclmul", "pclmul"),
    WAX_CPU("avx512f", "avx512f"),
    WAX_CPU("avx512bw", "avx512bw"),
    WAX_CPU("avx512cd", "avx512cd"),
    WAX_CPU("avx512dq", "avx512dq"),
    WAX_CPU("avx512vl", "avx512vl"),
    WAX_CPU("avx512vbmi", "avx512vbmi"),
    WAX_CPU("avx512vnni", "avx512vnni"),
    WAX_CPU("gfni", "gfni"),
    WAX_CPU("vpclmulqdq", "vpclmulqdq"),
};
#undef WAX_CPU

/// CPUID leaf 0x80000001, which the compiler's words leave out in part.
bool has_extended(unsigned bit) {
  unsigned a = 0x80000001u, b = 0, c = 0, d = 0;
  asm("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return (c >> bit & 1) != 0;
}
} // namespace

bool cpu_has(std::string_view feature) {
  for (const Feature& known : kFeatures)
    if (known.name == feature) return known.has();
  constexpr unsigned kLzcnt = 5;
  // Everything that is x86-64 has these.
  return feature == "lzcnt" ? has_extended(kLzcnt)
                            : feature == "sse" || feature == "sse2" || feature == "64bit" ||
                                  feature == "cmov" || feature == "cx8" || feature == "fxsr";
}

#elif defined(__linux__) && defined(__aarch64__)

bool cpu_has(std::string_view feature) {
  struct Feature {
    std::string_view name;
    unsigned long bit;
  };
  // Bits of AT_HWCAP.
  constexpr Feature kFeatures[] = {{"fp-armv8", 1ul << 0}, {"neon", 1ul << 1}, {"aes", 1ul << 3},
                                   {"sha2", 1ul << 6},     {"crc", 1ul << 7},  {"lse", 1ul << 8},
                                   {"fullfp16", 1ul << 9}, {"rdm", 1ul << 12}, {"rcpc", 1ul << 15},
                                   {"dotprod", 1ul << 20}};
  for (const Feature& known : kFeatures)
    if (known.name == feature) return (getauxval(AT_HWCAP) & known.bit) != 0;
  return false;
}

#elif defined(__linux__) && defined(__riscv)

bool cpu_has(std::string_view feature) {
  // Extensions of one letter are bits of AT_HWCAP; Linux handles accesses that are not aligned.
  if (feature.size() == 1 && feature[0] >= 'a' && feature[0] <= 'z')
    return (getauxval(AT_HWCAP) >> (feature[0] - 'a') & 1) != 0;
  return feature == "unaligned-scalar-mem" || feature == "zicsr" || feature == "zifencei";
}

#else

bool cpu_has(std::string_view) { return false; }

#endif

} // namespace waxwing::platform
