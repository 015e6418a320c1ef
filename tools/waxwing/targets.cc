// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "image/image.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

int execute(const TargetsOptions& options) {
  const image::TargetInfo* const host = image::host_target();
  if (options.json) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const image::TargetInfo& target : image::kTargets)
      out.push_back({{"name", target.name},
                     {"triple", target.triple},
                     {"cpu", target.cpu},
                     {"pointer_bytes", target.pointer},
                     {"guard_pages", target.guards},
                     {"this_machine", &target == host}});
    fmt::print("{}\n", out.dump(2));
    return 0;
  }
  for (const image::TargetInfo& target : image::kTargets)
    fmt::print("{:<14}{:<31}  from {} on{}\n", target.name, target.triple, target.cpu,
               &target == host ? "  (this machine)" : "");
  return 0;
}

} // namespace waxwing::tool
