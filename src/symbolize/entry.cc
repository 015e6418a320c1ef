// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loadable module's one symbol.
#include <llvm/Config/llvm-config.h>

#include "symbolize/interface.hpp"
#include "symbolize/lines.hpp"

namespace {

using namespace waxwing::symbolize;

bool find(const WaxDebugSection* sections, size_t section_count, const uint64_t* addresses,
          size_t count, void (*frame)(void* context, size_t index, const WaxSourceFrame* frame),
          void* context) {
  std::vector<DebugSection> own;
  own.reserve(section_count);
  for (size_t i = 0; i < section_count; ++i)
    own.push_back(
        {{sections[i].name, sections[i].name_size}, {sections[i].data, sections[i].size}});
  return find_lines_contained(own, {addresses, count}, [&](size_t index, const Frames& frames) {
    for (const SourceFrame& one : frames) {
      const WaxSourceFrame given{one.function.c_str(), one.file.c_str(), one.line, one.column};
      frame(context, index, &given);
    }
  });
}

constexpr WaxSymbolizeInterface kInterface = {WAX_SYMBOLIZE_INTERFACE_VERSION,
                                              "LLVM " LLVM_VERSION_STRING, find};

} // namespace

extern "C" __attribute__((visibility("default"))) const WaxSymbolizeInterface*
waxwing_symbolize_interface() {
  return &kInterface;
}
