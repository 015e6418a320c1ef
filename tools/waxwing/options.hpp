// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "wasm/feature.hpp"

/// What the command line asks for, as plain values: one struct a verb. Only `options.cc` knows the
/// library that reads it.
namespace waxwing::tool {

enum class Validation : uint8_t { automatic, eager, lazy };

struct RunOptions {
  std::string file;
  /// What follows the file: the program's arguments, or those of the function to invoke.
  std::vector<std::string> arguments;
  /// HOST[::GUEST]
  std::vector<std::string> dirs;
  /// K=V, or K to pass on the value that it has here
  std::vector<std::string> environment;
  /// NAME=FILE
  std::vector<std::string> links;
  std::optional<std::string> invoke;
  FeatureSet features = FeatureSet::defaults();
  Validation validation = Validation::automatic;
  std::optional<uint64_t> timeout_ms;
  std::optional<uint64_t> fuel;
  std::optional<uint64_t> stack_bytes;
  std::optional<uint64_t> memory_bytes;
  std::optional<uint64_t> gc_heap_bytes;
  bool gc_stress = false;
  bool gc_stats = false;
};

struct CompileOptions {
  std::string file;
  /// Empty: FILE's name with another ending, in the current folder. "-": standard output.
  std::string output;
  /// A name of image/target.def; empty: this machine. "help": list them.
  std::string target;
  /// LLVM's words; "help": list them.
  std::string cpu;
  std::string cpu_features;
  FeatureSet features = FeatureSet::defaults();
  /// '0' to '3', or 's'.
  char level = '2';
  /// A `WaxEmit`.
  unsigned emit = 0;
  bool explicit_checks = false;
  bool call_traps = false;
  bool polls = false;
  bool metering = false;
  bool deterministic = false;
  bool embed_wasm = false;
  bool checksum = false;
  /// 0: one a core.
  uint64_t jobs = 0;
};

struct ValidateOptions {
  std::vector<std::string> files;
  FeatureSet features = FeatureSet::defaults();
};

struct InspectOptions {
  std::string file;
  bool json = false;
};

struct PrintOptions {
  std::string file;
  /// Empty: standard output.
  std::string output;
  FeatureSet features = FeatureSet::defaults();
};

struct WastOptions {
  std::vector<std::string> paths;
  FeatureSet features = FeatureSet::defaults();
  bool json = false;
  bool verbose = false;
  bool strict_messages = false;
  bool gc_stress = false;
};

using Command = std::variant<RunOptions, CompileOptions, ValidateOptions, InspectOptions,
                             PrintOptions, WastOptions>;

/// Reads the command line. The other side is an exit code: everything has been said then (help,
/// version, or what is wrong).
[[nodiscard]] std::expected<Command, int> read_command_line(int count, const char* const* words);

} // namespace waxwing::tool
