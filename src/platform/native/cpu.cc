// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/cpu.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
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
  [[nodiscard]] bool is(std::string_view text) const {
    return text.size() < sizeof text_ && text_[text.size()] == '\0' &&
           std::memcmp(text_, text.data(), text.size()) == 0;
  }

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
/// Those of one leaf stand together, those of leaf 1 first.
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

constexpr size_t kFeatureCount = std::size(kFeatures);

/// Whether features are there, in the order of `kFeatures`.
class FeatureBits {
 public:
  [[nodiscard]] bool has(size_t feature) const {
    return (words_[feature / 64] >> feature % 64 & 1) != 0;
  }
  void add(size_t feature) { words_[feature / 64] |= uint64_t{1} << feature % 64; }

 private:
  friend FeatureBits features();
  uint64_t words_[(kFeatureCount + 63) / 64] = {};
};

/// Not by __builtin_cpu_supports: that brings 4 KB along, and runs CPUID in every program at its
/// start. In virtual machines each takes microseconds, so it is run once for a leaf.
[[gnu::target("xsave")]] FeatureBits ask_processor() {
  FeatureBits found;
  unsigned leaves[4] = {}, extended[4] = {}, answer[4] = {};
  __cpuid(0, leaves[kA], leaves[kB], leaves[kC], leaves[kD]);
  __cpuid(0x80000000u, extended[kA], extended[kB], extended[kC], extended[kD]);
  // XCR0 (Intel SDM volume 1, section 13.3): SSE and AVX state, and the three of AVX-512.
  constexpr unsigned kOsxsave = 1u << 27;
  constexpr unsigned long long kWanted[] = {0, 0x06, 0xE6};
  unsigned long long saved = 0;
  const Feature* last = nullptr;
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const Feature& at = kFeatures[i];
    if (at.leaf > (at.leaf < 0x80000000u ? leaves : extended)[kA]) continue;
    if (last == nullptr || last->leaf != at.leaf || last->subleaf != at.subleaf) {
      __cpuid_count(at.leaf, at.subleaf, answer[kA], answer[kB], answer[kC], answer[kD]);
      if (at.leaf == 1 && (answer[kC] & kOsxsave) != 0) saved = __builtin_ia32_xgetbv(0);
      last = &at;
    }
    if ((answer[at.in] >> at.bit & 1) != 0 && (saved & kWanted[at.saved]) == kWanted[at.saved])
      found.add(i);
  }
  return found;
}

/// The same for the life of the process.
FeatureBits features() {
  // Threads that come here together find the same.
  constexpr size_t kWords = std::size(FeatureBits{}.words_);
  static std::atomic<uint64_t> kept[kWords];
  static std::atomic<bool> is_known;
  FeatureBits found;
  if (is_known.load(std::memory_order_acquire)) {
    for (size_t i = 0; i < kWords; ++i) found.words_[i] = kept[i].load(std::memory_order_relaxed);
    return found;
  }
  found = ask_processor();
  for (size_t i = 0; i < kWords; ++i) kept[i].store(found.words_[i], std::memory_order_relaxed);
  is_known.store(true, std::memory_order_release);
  return found;
}

} // namespace

bool cpu_has(std::string_view feature) {
  for (size_t i = 0; i < kFeatureCount; ++i)
    if (kFeatures[i].name.is(feature)) return features().has(i);
  return feature == "x87"; // part of x86-64
}

uint64_t cpu_identity() {
  // Family, model and stepping; then what there is, as far as the system saves it.
  unsigned answer[4] = {};
  (void)__get_cpuid(1, &answer[kA], &answer[kB], &answer[kC], &answer[kD]);
  uint64_t identity = answer[kA];
  const FeatureBits found = features();
  for (size_t i = 0; i < kFeatureCount; ++i)
    identity = (identity << 1 | identity >> 63) * 0x100000001B3 + (found.has(i) ? 1 : 0);
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
