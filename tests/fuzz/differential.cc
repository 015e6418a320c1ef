// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Generated modules without a fuzzer: makes them, and says what they do.
//
//   differential [--features LIST] [--level N] run FIRST COUNT   lines `NUMBER OUTCOMES HASH`
//   differential [--features LIST] emit DIR FIRST COUNT          DIR/NUMBER.wasm
//   differential [--level N] files FILE...                       lines `FILE OUTCOMES HASH`
//
// Number N is always the same module. Each build of the interpreter must print the same lines, so
// must differential_compiled at every level of optimisation (`--level`, 2), and
// tests/fuzz/execute.mjs those of `files`. LIST: `default`, then `,-FEATURE` and `,+FEATURE`.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/execute.hpp"
#include "fuzz/generate.hpp"
#include "wasm/feature.hpp"

namespace {

using namespace waxwing;

bool find_feature(std::string_view name, Feature& feature) {
#define WAX_FEATURE(field, text, since, default_on)                                                \
  if (name == text) {                                                                              \
    feature = Feature::field;                                                                      \
    return true;                                                                                   \
  }
#include "wasm/feature.def"
#undef WAX_FEATURE
  return false;
}

FeatureSet read_features(std::string_view list) {
  FeatureSet features = FeatureSet::defaults();
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(','));
    list.remove_prefix(word.size() < list.size() ? word.size() + 1 : word.size());
    if (word == "default") continue;
    Feature feature{};
    if (word.size() < 2 || !find_feature(word.substr(1), feature)) {
      std::fprintf(stderr, "differential: unknown feature '%.*s'\n", static_cast<int>(word.size()),
                   word.data());
      std::exit(2);
    }
    if (word[0] == '-')
      features.remove(feature);
    else
      features.add(feature);
  }
  return features;
}

std::vector<uint8_t> module_number(uint64_t number, FeatureSet features) {
  fuzz::Choices choices({}, number + 1);
  return fuzz::generate(choices, features);
}

int usage() {
  std::fprintf(stderr, "usage: differential [--features LIST] [--level N] run FIRST COUNT | "
                       "emit DIR FIRST COUNT | files FILE...\n");
  return 2;
}

} // namespace

int main(int count, char** words) {
  std::vector<std::string> args(words + 1, words + count);
  FeatureSet features = FeatureSet::defaults();
  if (args.size() >= 2 && args[0] == "--features") {
    features = read_features(args[1]);
    args.erase(args.begin(), args.begin() + 2);
  }
  unsigned level = 2;
  if (args.size() >= 2 && args[0] == "--level") {
    level = static_cast<unsigned>(std::strtoul(args[1].c_str(), nullptr, 10));
    args.erase(args.begin(), args.begin() + 2);
  }
  const fuzz::Load load = fuzz::loader(level);
  runtime::EngineConfig config;
  config.features = features;
  if (args.size() == 3 && args[0] == "run") {
    const uint64_t first = std::strtoull(args[1].c_str(), nullptr, 10);
    const uint64_t number = std::strtoull(args[2].c_str(), nullptr, 10);
    for (uint64_t i = first; i < first + number; ++i)
      std::printf("%llu %s\n", static_cast<unsigned long long>(i),
                  fuzz::execute(module_number(i, features), config, load).c_str());
    return 0;
  }
  if (args.size() == 4 && args[0] == "emit") {
    const uint64_t first = std::strtoull(args[2].c_str(), nullptr, 10);
    const uint64_t number = std::strtoull(args[3].c_str(), nullptr, 10);
    for (uint64_t i = first; i < first + number; ++i) {
      const std::vector<uint8_t> bytes = module_number(i, features);
      std::ofstream out(args[1] + "/" + std::to_string(i) + ".wasm", std::ios::binary);
      out.write(reinterpret_cast<const char*>(bytes.data()),
                static_cast<std::streamsize>(bytes.size()));
      if (!out) {
        std::fprintf(stderr, "differential: cannot write to %s\n", args[1].c_str());
        return 1;
      }
    }
    return 0;
  }
  if (args.size() >= 2 && args[0] == "files") {
    for (size_t i = 1; i < args.size(); ++i) {
      std::ifstream in(args[i], std::ios::binary);
      const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
      std::printf("%s %s\n", args[i].c_str(), fuzz::execute(bytes, config, load).c_str());
    }
    return 0;
  }
  return usage();
}
