// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls and tail calls of every arity on every target (docs/abi.md, sections 5 and 6).
#include "unit/compile_fixture.hpp"

namespace waxwing::compile {
namespace {

constexpr unsigned kMost = 20;

std::string types(const char* word, unsigned count) {
  constexpr const char* kTypes[] = {"i32", "i64", "f64", "f32", "externref"};
  std::string out;
  if (count == 0) return out;
  out += std::string("(") + word;
  for (unsigned i = 0; i < count; ++i) out += std::string(" ") + kTypes[i % 5];
  return out + ")";
}

std::string operands(unsigned count) {
  constexpr const char* kConstants[] = {"(i32.const 1)", "(i64.const 2)", "(f64.const 3)",
                                        "(f32.const 4)", "(ref.null extern)"};
  std::string out;
  for (unsigned i = 0; i < count; ++i) out += kConstants[i % 5];
  return out;
}

/// Each function makes a tail call of the next one, with other parameters and the same results.
std::string module_of(unsigned results) {
  std::string out = "(module";
  for (unsigned params = 0; params <= kMost; ++params) {
    const unsigned next = (params + 7) % (kMost + 1);
    out += " (func $f" + std::to_string(params) + " (export \"f" + std::to_string(params) + "\") " +
           types("param", params) + types("result", results) + "(return_call $f" +
           std::to_string(next) + operands(next) + "))";
    out += " (func (export \"c" + std::to_string(params) + "\") " + types("result", results) +
           "(call $f" + std::to_string(params) + operands(params) + "))";
  }
  return out + ")";
}

class EveryArity : public testing::TestWithParam<Target> {};

TEST_P(EveryArity, IsCompiled) {
  for (unsigned results = 0; results <= kMost; ++results)
    for (const unsigned level : {0u, 1u}) {
      Options options = options_for(GetParam());
      options.optimization = level;
      EXPECT_EQ(compile(translate(module_of(results)), options), "")
          << results << " results, -O" << level;
    }
}

std::vector<Target> all_targets() {
  std::vector<Target> targets;
  for (const image::TargetInfo& info : image::kTargets) targets.push_back(info.target);
  return targets;
}

INSTANTIATE_TEST_SUITE_P(Targets, EveryArity, testing::ValuesIn(all_targets()),
                         [](const auto& instance) {
                           return std::string(target_info(instance.param).name);
                         });

} // namespace
} // namespace waxwing::compile
