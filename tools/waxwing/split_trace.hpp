// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace waxwing::tool {

/// A frame of a module, by offsets in it.
struct PlaceInModule {
  uint32_t function;
  uint32_t offset;
  bool exact;
};

/// What `compile --split-trace` has written: turns places in an image into offsets in its module.
class SplitTrace {
 public:
  /// The other side says why the file cannot be used.
  [[nodiscard]] static std::expected<SplitTrace, std::string> open(const std::string& path);
  ~SplitTrace();
  SplitTrace(SplitTrace&&) noexcept;
  SplitTrace& operator=(SplitTrace&&) noexcept;

  /// The frames at a place as traces show it (`+0x1a2b`), innermost first; none where there is no
  /// code of the module.
  [[nodiscard]] std::vector<PlaceInModule> frames_at(uint32_t place) const;

 private:
  struct State;
  explicit SplitTrace(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

} // namespace waxwing::tool
