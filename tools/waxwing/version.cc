// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What this build is and can do.
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>
#include <waxwing/engine.hpp>

#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

/// Words in lines, the later ones set in like the first.
std::string folded(const std::vector<std::string_view>& words) {
  constexpr size_t kIndent = 13;
  constexpr size_t kWidth = 90;
  std::string out;
  size_t column = kIndent;
  for (std::string_view word : words) {
    if (column + word.size() > kWidth) {
      out += "\n" + std::string(kIndent, ' ');
      column = kIndent;
    } else if (!out.empty()) {
      out += ' ';
    }
    out += word;
    column += word.size() + 1;
  }
  return out;
}

} // namespace

int execute(const VersionOptions& options) {
  std::vector<std::string_view> on;
  std::vector<std::string_view> off;
  for (const std::string_view name : Features::names())
    (Features().has(name) ? on : off).push_back(name);
  const BuildInfo build = build_info();
  if (options.json) {
    const nlohmann::ordered_json out = {
        {"version", WAXWING_VERSION},     {"features", on},
        {"features_off_by_default", off}, {"wasi", {"wasi_snapshot_preview1", "wasi_unstable"}},
        {"engines", build.engines},       {"dispatch", build.dispatch},
        {"slot_bits", build.slot_bits},   {"host", WAXWING_HOST},
        {"compiler", WAXWING_COMPILER}};
    fmt::print("{}\n", out.dump(2));
    return 0;
  }
  fmt::print("waxwing {}\n", build.version);
  fmt::print("  features   {}\n", folded(on));
  fmt::print("  off        {} (--features=+NAME turns one on)\n", fmt::join(off, " "));
  fmt::print("  WASI       preview 1 (wasi_snapshot_preview1, wasi_unstable)\n");
  fmt::print("  engines    {} ({}, {}-bit slots)\n", fmt::join(build.engines, ", "), build.dispatch,
             build.slot_bits);
  fmt::print("  build      {}, {}\n", WAXWING_HOST, WAXWING_COMPILER);
  return 0;
}

} // namespace waxwing::tool
