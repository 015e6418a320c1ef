// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/cpu.hpp"

#include <cstdint>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#if defined(__linux__) && (defined(__aarch64__) || defined(__riscv))
#include <sys/auxv.h>
#endif

namespace waxwing::platform {

#if defined(__x86_64__)

namespace {

/// Registers that CPUID answers in.
enum Register : uint8_t { kA, kB, kC, kD };
/// What beyond its own bit a feature needs: that the system saves the registers that it works on.
enum Saved : uint8_t { kNothing, kYmm, kZmm };

/// A short text that is no pointer (base/text_table.hpp says why).
class Word {
 public:
  template <size_t N>
  consteval Word(const char (&text)[N]) {
    static_assert(N <= sizeof text_);
    for (size_t i = 0; i < N; ++i) text_[i] = text[i];
  }
  [[nodiscard]] std::string_view view() const { return text_; }

 private:
  char text_[20] = {};
};

/// LLVM's word for a feature, and the bit of CPUID that says it (Intel SDM volume 2, CPUID; AMD APM
/// volume 3, appendix D).
struct Feature {
  Word name;
  uint32_t leaf;
  uint32_t subleaf;
  Register in;
  uint8_t bit;
  Saved saved;
};
constexpr Feature kFeatures[] = {
    {"cx8", 1, 0, kD, 8, kNothing},
    {"cmov", 1, 0, kD, 15, kNothing},
    {"mmx", 1, 0, kD, 23, kNothing},
    {"fxsr", 1, 0, kD, 24, kNothing},
    {"sse", 1, 0, kD, 25, kNothing},
    {"sse2", 1, 0, kD, 26, kNothing},
    {"sse3", 1, 0, kC, 0, kNothing},
    {"pclmul", 1, 0, kC, 1, kNothing},
    {"ssse3", 1, 0, kC, 9, kNothing},
    {"fma", 1, 0, kC, 12, kYmm},
    {"cx16", 1, 0, kC, 13, kNothing},
    {"sse4.1", 1, 0, kC, 19, kNothing},
    {"sse4.2", 1, 0, kC, 20, kNothing},
    {"crc32", 1, 0, kC, 20, kNothing},
    {"movbe", 1, 0, kC, 22, kNothing},
    {"popcnt", 1, 0, kC, 23, kNothing},
    {"aes", 1, 0, kC, 25, kNothing},
    {"xsave", 1, 0, kC, 27, kNothing},
    {"avx", 1, 0, kC, 28, kYmm},
    {"f16c", 1, 0, kC, 29, kYmm},
    {"rdrnd", 1, 0, kC, 30, kNothing},
    {"fsgsbase", 7, 0, kB, 0, kNothing},
    {"bmi", 7, 0, kB, 3, kNothing},
    {"avx2", 7, 0, kB, 5, kYmm},
    {"bmi2", 7, 0, kB, 8, kNothing},
    {"invpcid", 7, 0, kB, 10, kNothing},
    {"avx512f", 7, 0, kB, 16, kZmm},
    {"avx512dq", 7, 0, kB, 17, kZmm},
    {"rdseed", 7, 0, kB, 18, kNothing},
    {"adx", 7, 0, kB, 19, kNothing},
    {"avx512ifma", 7, 0, kB, 21, kZmm},
    {"clflushopt", 7, 0, kB, 23, kNothing},
    {"clwb", 7, 0, kB, 24, kNothing},
    {"avx512cd", 7, 0, kB, 28, kZmm},
    {"sha", 7, 0, kB, 29, kNothing},
    {"avx512bw", 7, 0, kB, 30, kZmm},
    {"avx512vl", 7, 0, kB, 31, kZmm},
    {"avx512vbmi", 7, 0, kC, 1, kZmm},
    {"pku", 7, 0, kC, 4, kNothing},
    {"avx512vbmi2", 7, 0, kC, 6, kZmm},
    {"shstk", 7, 0, kC, 7, kNothing},
    {"gfni", 7, 0, kC, 8, kNothing},
    {"vaes", 7, 0, kC, 9, kYmm},
    {"vpclmulqdq", 7, 0, kC, 10, kYmm},
    {"avx512vnni", 7, 0, kC, 11, kZmm},
    {"avx512bitalg", 7, 0, kC, 12, kZmm},
    {"avx512vpopcntdq", 7, 0, kC, 14, kZmm},
    {"rdpid", 7, 0, kC, 22, kNothing},
    {"movdiri", 7, 0, kC, 27, kNothing},
    {"movdir64b", 7, 0, kC, 28, kNothing},
    {"avx512vp2intersect", 7, 0, kD, 8, kZmm},
    {"avxvnni", 7, 1, kA, 4, kYmm},
    {"avx512bf16", 7, 1, kA, 5, kZmm},
    {"xsaveopt", 0xD, 1, kA, 0, kNothing},
    {"xsavec", 0xD, 1, kA, 1, kNothing},
    {"xsaves", 0xD, 1, kA, 3, kNothing},
    {"sahf", 0x80000001, 0, kC, 0, kNothing},
    {"lzcnt", 0x80000001, 0, kC, 5, kNothing},
    {"sse4a", 0x80000001, 0, kC, 6, kNothing},
    {"prfchw", 0x80000001, 0, kC, 8, kNothing},
    {"mwaitx", 0x80000001, 0, kC, 29, kNothing},
    {"64bit", 0x80000001, 0, kD, 29, kNothing},
    {"clzero", 0x80000008, 0, kB, 0, kNothing},
    {"wbnoinvd", 0x80000008, 0, kB, 9, kNothing},
};

/// Not by __builtin_cpu_supports: that brings 4 KB along, and runs CPUID, which takes long in
/// virtual machines, in every program at its start.
[[gnu::target("xsave")]] bool is_saved(Saved registers) {
  if (registers == kNothing) return true;
  unsigned answer[4] = {};
  constexpr unsigned kOsxsave = 1u << 27;
  if (__get_cpuid(1, &answer[kA], &answer[kB], &answer[kC], &answer[kD]) == 0 ||
      (answer[kC] & kOsxsave) == 0)
    return false;
  // XCR0 (Intel SDM volume 1, section 13.3): SSE and AVX state, and the three of AVX-512.
  constexpr unsigned long long kYmmState = 0x06, kZmmState = 0xE6;
  const unsigned long long wanted = registers == kYmm ? kYmmState : kZmmState;
  return (__builtin_ia32_xgetbv(0) & wanted) == wanted;
}

} // namespace

bool cpu_has(std::string_view feature) {
  for (const Feature& known : kFeatures) {
    if (known.name.view() != feature) continue;
    unsigned answer[4] = {};
    return __get_cpuid_count(known.leaf, known.subleaf, &answer[kA], &answer[kB], &answer[kC],
                             &answer[kD]) != 0 &&
           (answer[known.in] >> known.bit & 1) != 0 && is_saved(known.saved);
  }
  return feature == "x87"; // part of x86-64
}

uint64_t cpu_identity() {
  // Family, model and stepping; then what there is, as far as the system saves it.
  unsigned answer[4] = {};
  (void)__get_cpuid(1, &answer[kA], &answer[kB], &answer[kC], &answer[kD]);
  uint64_t identity = answer[kA];
  for (const Feature& known : kFeatures)
    identity =
        (identity << 1 | identity >> 63) * 0x100000001B3 + (cpu_has(known.name.view()) ? 1 : 0);
  return identity;
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

uint64_t cpu_identity() {
  return uint64_t{getauxval(AT_HWCAP)} ^ uint64_t { getauxval(AT_HWCAP2) } << 32;
}

#elif defined(__linux__) && defined(__riscv)

bool cpu_has(std::string_view feature) {
  // Extensions of one letter are bits of AT_HWCAP; Linux handles accesses that are not aligned.
  if (feature.size() == 1 && feature[0] >= 'a' && feature[0] <= 'z')
    return (getauxval(AT_HWCAP) >> (feature[0] - 'a') & 1) != 0;
  return feature == "unaligned-scalar-mem" || feature == "zicsr" || feature == "zifencei";
}

uint64_t cpu_identity() { return getauxval(AT_HWCAP); }

#else

bool cpu_has(std::string_view) { return false; }
uint64_t cpu_identity() { return 0; }

#endif

} // namespace waxwing::platform
