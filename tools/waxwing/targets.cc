// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <waxwing/compile.hpp>

#include "waxwing/verbs.hpp"

namespace waxwing::tool {

int execute(const TargetsOptions& options) {
  const std::vector<CompileTarget> targets = compile_targets();
  if (options.json) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const CompileTarget& target : targets)
      out.push_back({{"name", target.name},
                     {"triple", target.triple},
                     {"cpu", target.cpu},
                     {"pointer_bytes", target.pointer_bytes},
                     {"guard_pages", target.has_guard_pages},
                     {"this_machine", target.is_this_machine}});
    fmt::print("{}\n", out.dump(2));
    return 0;
  }
  for (const CompileTarget& target : targets)
    fmt::print("{:<14}{:<31}  from {} on{}\n", target.name, target.triple, target.cpu,
               target.is_this_machine ? "  (this machine)" : "");
  return 0;
}

} // namespace waxwing::tool
