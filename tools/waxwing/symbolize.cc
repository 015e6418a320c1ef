// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "describe/names.hpp"
#include "describe/trap_text.hpp"
#include "platform/memory.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/source_lines.hpp"
#include "waxwing/split_trace.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

using describe::ShownFrame;
using SourceLines = std::vector<std::vector<describe::SourceLine>>;

/// A number in decimal or, with 0x, in hexadecimal digits at the start of `text`, which it takes
/// away.
std::optional<uint32_t> take_number(std::string_view& text) {
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  const char* const first = text.data() + (is_hex ? 2 : 0);
  uint32_t number = 0;
  const auto [end, wrong] =
      std::from_chars(first, text.data() + text.size(), number, is_hex ? 16 : 10);
  if (wrong != std::errc() || end == first) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

/// The offset of a frame that a line shows, as traces print them (`  3: ~0x01a2 name`) or as a
/// device does (`E23@0x26`, `0x26`).
struct LineOffset {
  uint32_t offset;
  bool exact;
  /// A place in an image (`+0x1a2b`).
  bool is_native = false;
};
std::optional<LineOffset> offset_in(std::string_view line) {
  const auto skip_spaces = [&] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
  };
  if (const size_t at = line.find("@0x"); at != std::string_view::npos) {
    line.remove_prefix(at + 1);
    const auto offset = take_number(line);
    return offset ? std::optional(LineOffset{*offset, true}) : std::nullopt;
  }
  skip_spaces();
  if (!line.starts_with("0x") && !line.starts_with('~') && !line.starts_with("+0x")) {
    if (line.starts_with('#')) line.remove_prefix(1);
    if (!take_number(line)) return std::nullopt;
    if (line.starts_with(':')) line.remove_prefix(1);
    skip_spaces();
  }
  const bool exact = !line.starts_with('~');
  const bool is_native = line.starts_with('+');
  if (!exact || is_native) line.remove_prefix(1);
  if (!line.starts_with("0x")) return std::nullopt;
  const auto offset = take_number(line);
  return offset ? std::optional(LineOffset{*offset, exact, is_native}) : std::nullopt;
}

/// A line of standard input without its end, however long; false at the end of it all.
bool read_line(std::string& line) {
  line.clear();
  char piece[4096];
  while (std::fgets(piece, sizeof piece, stdin) != nullptr) {
    line += piece;
    if (!line.ends_with('\n')) continue;
    line.pop_back();
    return true;
  }
  return !line.empty();
}

class Symbolizer {
 public:
  Symbolizer(const ModuleFile& file, const Module& module, const SymbolizeOptions& options)
      : file_(file), module_(module), options_(options), names_(module) {}

  /// False, after saying so, where the offset is in no function.
  [[nodiscard]] bool add(uint32_t offset, bool exact) {
    const FuncIndex function = module_.function_at(offset);
    if (function == kNoIndex) {
      print_error(fmt::format("{}: there is no function at {:#x}", file_.path, offset));
      return false;
    }
    frames_.push_back({&module_, function, offset, exact, 0});
    return true;
  }

  /// The same for a place in an image.
  [[nodiscard]] bool add_native(const SplitTrace& split, uint32_t place) {
    const std::vector<PlaceInModule> found = split.frames_at(place);
    bool good = !found.empty();
    for (const PlaceInModule& frame : found) {
      good = good && frame.function < module_.functions.size();
      if (good) frames_.push_back({&module_, frame.function, frame.offset, frame.exact, 0});
    }
    if (!good)
      print_error(fmt::format("there is no function of the module at +{:#x} in the image", place));
    return good;
  }

  /// Prints what was added since the last time.
  void flush() {
    if (frames_.empty()) return;
    if (options_.json)
      add_json();
    else
      fmt::print("{}", printable(describe::trace_text(
                           frames_, [&](const Module&, std::span<const uint32_t> offsets) {
                             return lines(offsets);
                           })));
    frames_.clear();
  }

  [[nodiscard]] const nlohmann::ordered_json& json() const { return json_; }

 private:
  SourceLines lines(std::span<const uint32_t> offsets) {
    SourceLines out(offsets.size());
    if (file_.is_text) {
      const SourceMap map(file_, module_);
      for (size_t i = 0; i < offsets.size(); ++i)
        if (const std::string place = map.place_of(offsets[i]); !place.empty())
          out[i].push_back({"", fmt::format("{}:{}", file_.path, place)});
      return out;
    }
    const auto found = find_debug_lines(file_.path, file_.bytes(), offsets,
                                        DebugInfo{options_.debug_info.value_or("")});
    if (!found) {
      if (!std::exchange(said_, true))
        print_labelled("note", fmt::format("{}: no lines: {}", file_.path, found.error()));
      return out;
    }
    for (size_t i = 0; i < out.size(); ++i)
      for (const DebugLine& line : (*found)[i]) out[i].push_back({line.function, line.place});
    return out;
  }

  void add_json() {
    std::vector<uint32_t> offsets;
    offsets.reserve(frames_.size());
    for (const ShownFrame& frame : frames_) offsets.push_back(frame.offset);
    const SourceLines of = lines(offsets);
    for (size_t i = 0; i < frames_.size(); ++i) {
      nlohmann::ordered_json entry = {{"offset", frames_[i].offset},
                                      {"exact", frames_[i].exact},
                                      {"function", frames_[i].function},
                                      {"name", names_.name_of(frames_[i].function)},
                                      {"source", nlohmann::ordered_json::array()}};
      for (const describe::SourceLine& line : of[i])
        entry["source"].push_back({{"function", line.function}, {"place", line.place}});
      json_.push_back(std::move(entry));
    }
  }

  const ModuleFile& file_;
  const Module& module_;
  const SymbolizeOptions& options_;
  describe::FunctionNames names_;
  std::vector<ShownFrame> frames_;
  nlohmann::ordered_json json_ = nlohmann::ordered_json::array();
  bool said_ = false;
};

} // namespace

int execute(const SymbolizeOptions& options) {
  const auto file = open_module(options.file, options.features);
  if (!file) return file.error();
  Module module(platform::default_allocator());
  if (const auto decoded = decode(file->bytes(), options.features, module); !decoded)
    return print_module_error(*file, options.features, decoded.error());
  std::optional<SplitTrace> split;
  if (options.split_trace) {
    auto opened = SplitTrace::open(*options.split_trace);
    if (!opened) return print_error(opened.error());
    split = std::move(*opened);
  }
  Symbolizer symbolizer(*file, module, options);
  int code = 0;
  for (const std::string& word : options.offsets) {
    std::string_view rest = word;
    const auto offset = take_number(rest);
    if (!offset || !rest.empty())
      return error("'{}' is no offset: write a number, as in 0x1a2", word);
    if (!symbolizer.add(*offset, true)) code = kExitError;
  }
  if (options.offsets.empty()) {
    std::string line;
    while (read_line(line)) {
      if (const auto found = offset_in(line)) {
        const bool is_whole = !found->is_native || split;
        if (found->is_native && split) {
          if (!symbolizer.add_native(*split, found->offset)) code = kExitError;
        } else if (is_whole && !symbolizer.add(found->offset, found->exact)) {
          code = kExitError;
        }
        if (is_whole) continue;
      }
      symbolizer.flush();
      if (!options.json) fmt::print("{}\n", printable(line));
    }
  }
  symbolizer.flush();
  if (options.json)
    fmt::print("{}\n",
               symbolizer.json().dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  return code;
}

} // namespace waxwing::tool
