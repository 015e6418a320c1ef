// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/units.hpp"

#include <charconv>
#include <fmt/format.h>
#include <vector>

#include "waxwing/nearest.hpp"

namespace waxwing::tool {

namespace {

struct FeatureRow {
  std::string_view name;
  Feature feature;
};

constexpr FeatureRow kFeatures[] = {
#define WAX_FEATURE(name, text, since, default_on) {text, Feature::name},
#include "wasm/feature.def"
#undef WAX_FEATURE
};

constexpr FeatureSet all_features() {
  FeatureSet set;
  for (const FeatureRow& row : kFeatures) set.add(row.feature);
  return set;
}

/// What the scripts of the threads proposal were written for: the first version of Wasm and what
/// was finished before reference types, so that a second table or memory is refused.
constexpr FeatureSet threads_proposal() {
  FeatureSet set = FeatureSet::version(1);
  for (Feature f :
       {Feature::mutable_globals, Feature::sign_extension, Feature::saturating_float_to_int,
        Feature::multi_value, Feature::bulk_memory, Feature::threads})
    set.add(f);
  return set;
}

struct Preset {
  std::string_view name;
  FeatureSet set;
};

constexpr Preset kPresets[] = {
    {"wasm1", FeatureSet::version(1)}, {"wasm2", FeatureSet::version(2)},
    {"wasm3", FeatureSet::version(3)}, {"default", FeatureSet::defaults()},
    {"all", all_features()},           {"threads-proposal", threads_proposal()},
};

/// Splits `12.5ms` into its number and the letters behind it.
bool split_number(std::string_view text, std::string_view& number, std::string_view& unit) {
  size_t end = 0;
  while (end < text.size() && (text[end] == '.' || (text[end] >= '0' && text[end] <= '9'))) ++end;
  number = text.substr(0, end);
  unit = text.substr(end);
  return end != 0;
}

std::optional<double> to_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<uint64_t> to_integer(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

} // namespace

std::expected<uint64_t, std::string> parse_duration(std::string_view text) {
  auto refuse = [&] {
    return std::unexpected(fmt::format(
        "'{}' is not a time: write 500ms, 2s or 3m; a bare number is in milliseconds", text));
  };
  std::string_view number;
  std::string_view unit;
  if (!split_number(text, number, unit)) return refuse();
  const std::optional<double> value = to_double(number);
  if (!value) return refuse();
  double factor = 0;
  if (unit.empty() || unit == "ms") factor = 1;
  if (unit == "s") factor = 1000;
  if (unit == "m" || unit == "min") factor = 60'000;
  const double ms = *value * factor;
  if (factor == 0 || ms > 1e12) return refuse();
  if (ms < 1) return std::unexpected(fmt::format("'{}' leaves no time: 1ms is the least", text));
  return static_cast<uint64_t>(ms);
}

std::expected<uint64_t, std::string> parse_size(std::string_view text) {
  auto refuse = [&] {
    return std::unexpected(
        fmt::format("'{}' is not a size: write a number of bytes, or 64K, 8M, 2G", text));
  };
  std::string_view number;
  std::string_view unit;
  if (!split_number(text, number, unit)) return refuse();
  const std::optional<uint64_t> value = to_integer(number);
  if (!value) return refuse();
  unsigned shift = 64;
  if (unit.empty() || unit == "B") shift = 0;
  if (unit == "K" || unit == "k" || unit == "KiB" || unit == "KB") shift = 10;
  if (unit == "M" || unit == "MiB" || unit == "MB") shift = 20;
  if (unit == "G" || unit == "GiB" || unit == "GB") shift = 30;
  if (unit == "T" || unit == "TiB" || unit == "TB") shift = 40;
  if (shift == 64 || *value > UINT64_MAX >> shift) return refuse();
  return *value << shift;
}

std::expected<uint64_t, std::string> parse_count(std::string_view text) {
  std::string digits;
  for (char c : text)
    if (c != '_') digits += c;
  const std::optional<uint64_t> value = to_integer(digits);
  if (!value || *value > INT64_MAX)
    return std::unexpected(fmt::format("'{}' is not a number such as 1000000", text));
  return *value;
}

std::optional<uint16_t> parse_port(std::string_view text) {
  const std::optional<uint64_t> value = to_integer(text);
  if (!value || *value > UINT16_MAX) return std::nullopt;
  return static_cast<uint16_t>(*value);
}

std::expected<FeatureSet, std::string> parse_features(std::string_view text) {
  FeatureSet set = FeatureSet::defaults();
  std::vector<std::string_view> names;
  for (const FeatureRow& row : kFeatures) names.push_back(row.name);
  bool first = true;
  for (size_t at = 0; at <= text.size(); first = false) {
    const size_t comma = std::min(text.find(',', at), text.size());
    std::string_view word = text.substr(at, comma - at);
    at = comma + 1;
    if (word.empty()) continue;
    const char sign = word.front();
    if (sign != '+' && sign != '-') {
      bool found = false;
      for (const Preset& preset : kPresets) {
        if (preset.name != word) continue;
        if (!first)
          return std::unexpected(fmt::format("the set '{}' must come first in the list", word));
        set = preset.set;
        found = true;
      }
      if (found) continue;
      for (const FeatureRow& row : kFeatures)
        if (row.name == word)
          return std::unexpected(
              fmt::format("write '+{0}' to allow {0}, or '-{0}' to refuse it", word));
      std::vector<std::string_view> all = names;
      for (const Preset& preset : kPresets) all.push_back(preset.name);
      std::string hint = did_you_mean(word, all);
      if (hint.empty()) hint = "; the sets are wasm1, wasm2, wasm3, default, all, threads-proposal";
      return std::unexpected(fmt::format("'{}' is neither a feature nor a set{}", word, hint));
    }
    word.remove_prefix(1);
    bool found = false;
    for (const FeatureRow& row : kFeatures) {
      if (row.name != word) continue;
      found = true;
      if (sign == '+')
        set.add(row.feature);
      else
        set.remove(row.feature);
    }
    if (found) continue;
    std::string hint = did_you_mean(word, names);
    if (hint.empty()) hint = fmt::format("; the features are {}", fmt::join(names, ", "));
    return std::unexpected(fmt::format("there is no feature '{}'{}", word, hint));
  }
  return set;
}

} // namespace waxwing::tool
