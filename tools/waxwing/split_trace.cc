// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/split_trace.hpp"

#include <fmt/format.h>

#include "describe/image_text.hpp"
#include "image/sites.hpp"
#include "image/trace_file.hpp"
#include "platform/mapped_file.hpp"

namespace waxwing::tool {

struct SplitTrace::State {
  platform::MappedFile file;
  image::Image tables;
};

SplitTrace::SplitTrace(std::unique_ptr<State> state) : state_(std::move(state)) {}
SplitTrace::~SplitTrace() = default;
SplitTrace::SplitTrace(SplitTrace&&) noexcept = default;
SplitTrace& SplitTrace::operator=(SplitTrace&&) noexcept = default;

std::expected<SplitTrace, std::string> SplitTrace::open(const std::string& path) {
  auto state = std::make_unique<State>();
  if (state->file.open(path.c_str()) != platform::FileStatus::ok)
    return std::unexpected(fmt::format("{}: this file cannot be read", path));
  const auto tables = image::read_trace_file(state->file.bytes());
  if (!tables)
    return std::unexpected(
        image::is_trace_file(state->file.bytes())
            ? fmt::format("{}: {}", path,
                          describe::image_error_text(state->file.bytes(), tables.error()))
            : fmt::format("{}: this is not what 'waxwing compile --split-trace' writes", path));
  state->tables = *tables;
  return SplitTrace(std::move(state));
}

std::vector<PlaceInModule> SplitTrace::frames_at(uint32_t place) const {
  const image::Image& tables = state_->tables;
  std::vector<PlaceInModule> frames;
  const uint32_t range = image::find_range(tables, place);
  if (range == image::kNoRange ||
      tables.ranges[range].kind != static_cast<uint16_t>(image::RangeKind::function))
    return frames;
  // A place in a call is one byte before the return address, where no other instruction begins.
  bool found = false;
  image::Site site = image::find_site(tables, range, place, false, found);
  bool is_call = false;
  if (!found) {
    const image::Site call = image::find_site(tables, range, place + 1, true, is_call);
    if (is_call) site = call;
  }
  if (is_call && site.is_tail) return frames;
  PlaceInModule frame{0, site.wasm_offset, site.exact};
  for (uint32_t chain = site.chain; chain != 0;) {
    const image::ChainNode node = tables.chains[chain - 1];
    frame.function = node.function;
    frames.push_back(frame);
    frame.offset = node.call;
    chain = node.parent;
  }
  frame.function = tables.ranges[range].function;
  frames.push_back(frame);
  return frames;
}

} // namespace waxwing::tool
