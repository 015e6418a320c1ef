// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables of an image in a file of their own.
#include <fmt/format.h>

#include "image/sites.hpp"
#include "image/trace_file.hpp"
#include "platform/mapped_file.hpp"

#include "api/convert.hpp"
// Behind the core, like the other public headers.
#include <waxwing/symbolize.hpp>

namespace waxwing::inline v0 {

struct SplitTrace::State {
  platform::MappedFile file;
  image::Image tables;
};

Result<SplitTrace> SplitTrace::open(const std::string& path) {
  auto state = std::make_shared<State>();
  if (state->file.open(path.c_str()) != platform::FileStatus::ok)
    return impl::refuse(ErrorKind::io, fmt::format("{}: this file cannot be read", path));
  const auto tables = image::read_trace_file(state->file.bytes());
  if (!tables)
    return impl::refuse(
        ErrorKind::malformed,
        image::is_trace_file(state->file.bytes())
            ? fmt::format("{}: {}", path,
                          describe::image_error_text(state->file.bytes(), tables.error()))
            : fmt::format("{}: this is not what 'waxwing compile --split-trace' writes", path));
  state->tables = *tables;
  return SplitTrace(std::move(state));
}

std::vector<TracePlace> SplitTrace::frames_at(uint32_t place) const {
  const image::Image& tables = state_->tables;
  std::vector<TracePlace> frames;
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
  TracePlace frame{site.wasm_offset, site.exact};
  for (uint32_t chain = site.chain; chain != 0;) {
    const image::ChainNode node = tables.chains[chain - 1];
    frames.push_back(frame);
    frame.offset = node.call;
    chain = node.parent;
  }
  frames.push_back(frame);
  return frames;
}

} // namespace waxwing::inline v0
