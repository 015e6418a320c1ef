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
#include <waxwing/symbolize.hpp>

#include "waxwing/message.hpp"
#include "waxwing/module_source.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

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
std::optional<TracePlace> offset_in(std::string_view line) {
  const auto skip_spaces = [&] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
  };
  if (const size_t at = line.find("@0x"); at != std::string_view::npos) {
    line.remove_prefix(at + 1);
    const auto offset = take_number(line);
    return offset ? std::optional(TracePlace{*offset, true}) : std::nullopt;
  }
  skip_spaces();
  if (!line.starts_with("0x") && !line.starts_with('~')) {
    if (line.starts_with('#')) line.remove_prefix(1);
    if (!take_number(line)) return std::nullopt;
    if (line.starts_with(':')) line.remove_prefix(1);
    skip_spaces();
  }
  const bool exact = !line.starts_with('~');
  if (!exact) line.remove_prefix(1);
  if (!line.starts_with("0x")) return std::nullopt;
  const auto offset = take_number(line);
  return offset ? std::optional(TracePlace{*offset, exact}) : std::nullopt;
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
  Symbolizer(const Module& module, const SymbolizeOptions& options)
      : module_(module), options_(options) {}

  /// False, after saying so, where the offset is in no function.
  [[nodiscard]] bool add(const TracePlace& place) {
    if (!module_.function_at(place.offset)) {
      print_error(fmt::format("{}: there is no function at {:#x}", options_.file, place.offset));
      return false;
    }
    places_.push_back(place);
    return true;
  }

  /// Prints what was added since the last time.
  void flush() {
    if (places_.empty()) return;
    const SourceLines lines = find_lines();
    if (options_.json)
      add_json(lines);
    else
      fmt::print("{}", printable(trace_text(module_, places_, lines)));
    places_.clear();
  }

  [[nodiscard]] const nlohmann::ordered_json& json() const { return json_; }

 private:
  SourceLines find_lines() {
    std::vector<uint32_t> offsets;
    offsets.reserve(places_.size());
    for (const TracePlace& place : places_) offsets.push_back(place.offset);
    Result<SourceLines> found =
        find_source_lines(module_, offsets, DebugInfo{.file = options_.debug_info.value_or("")});
    if (found) return std::move(*found);
    if (!std::exchange(said_, true))
      print_labelled("note", fmt::format("{}: no lines: {}", options_.file, found.error().message));
    return SourceLines(offsets.size());
  }

  void add_json(const SourceLines& lines) {
    for (size_t i = 0; i < places_.size(); ++i) {
      const uint32_t function = module_.function_at(places_[i].offset).value_or(0);
      nlohmann::ordered_json entry = {{"offset", places_[i].offset},
                                      {"exact", places_[i].exact},
                                      {"function", function},
                                      {"name", module_.function_name(function)},
                                      {"source", nlohmann::ordered_json::array()}};
      for (const SourceLine& line : lines[i])
        entry["source"].push_back({{"function", line.function}, {"place", line.place}});
      json_.push_back(std::move(entry));
    }
  }

  const Module& module_;
  const SymbolizeOptions& options_;
  std::vector<TracePlace> places_;
  nlohmann::ordered_json json_ = nlohmann::ordered_json::array();
  bool said_ = false;
};

} // namespace

int execute(const SymbolizeOptions& options) {
  Config config;
  config.features = chosen_features(options.features);
  // Nothing of it runs.
  config.validation = waxwing::Validation::lazy;
  const auto module = load_module(Engine(config), options.file, Images::refused);
  if (!module) return module.error();
  Symbolizer symbolizer(*module, options);
  int code = 0;
  for (const std::string& word : options.offsets) {
    std::string_view rest = word;
    const auto offset = take_number(rest);
    if (!offset || !rest.empty())
      return error("'{}' is no offset: write a number, as in 0x1a2", word);
    if (!symbolizer.add({.offset = *offset})) code = kExitError;
  }
  if (options.offsets.empty()) {
    std::string line;
    while (read_line(line)) {
      if (const auto found = offset_in(line)) {
        if (!symbolizer.add(*found)) code = kExitError;
        continue;
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
