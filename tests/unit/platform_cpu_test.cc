// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/cpu.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace waxwing::platform {
namespace {

TEST(Cpu, HasWhatTheSystemSays) {
  if (kCpuName != "x86_64") GTEST_SKIP() << "the words are those of x86-64";
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line) && !line.starts_with("flags")) {
  }
  if (line.empty()) GTEST_SKIP() << "the system says nothing of its processor";
  std::istringstream words(line);
  std::set<std::string> flags;
  for (std::string word; words >> word;) flags.insert(word);
  // LLVM's word, and the one of Linux; from every leaf, with registers to be saved and without.
  constexpr std::pair<const char*, const char*> kWords[] = {{"cx8", "cx8"},
                                                            {"sse2", "sse2"},
                                                            {"ssse3", "ssse3"},
                                                            {"sse4.2", "sse4_2"},
                                                            {"avx", "avx"},
                                                            {"fma", "fma"},
                                                            {"bmi2", "bmi2"},
                                                            {"avx2", "avx2"},
                                                            {"avx512f", "avx512f"},
                                                            {"avx512vl", "avx512vl"},
                                                            {"gfni", "gfni"},
                                                            {"avxvnni", "avx_vnni"},
                                                            {"xsavec", "xsavec"},
                                                            {"lzcnt", "abm"},
                                                            {"sse4a", "sse4a"},
                                                            {"clzero", "clzero"},
                                                            {"avx512bf16", "avx512_bf16"}};
  for (int round = 0; round < 2; ++round) // the second from what was kept
    for (const auto& [ours, theirs] : kWords)
      EXPECT_EQ(cpu_has(ours), flags.contains(theirs)) << ours;
  EXPECT_FALSE(cpu_has("no such word"));
}

TEST(Cpu, IsTheSameEachTime) { EXPECT_EQ(cpu_identity(), cpu_identity()); }

} // namespace
} // namespace waxwing::platform
