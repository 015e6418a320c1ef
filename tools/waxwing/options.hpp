// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>
#include <vector>
#include <waxwing/compile.hpp>

#include "wasm/feature.hpp"
#include "waxwing/command_line.hpp"

/// What the command line asks for, as plain values: one struct a verb.
namespace waxwing::tool {

enum class Validation : uint8_t { automatic, eager, lazy };

/// What runs modules: the interpreter, machine code that is compiled when they are loaded, or a
/// native library that is made then.
enum class EngineKind : uint8_t { interp, aot, native };

/// How machine code is made.
struct CodeOptions {
  /// Whether a list is asked for, of processors or their features.
  [[nodiscard]] bool asks() const { return cpu == "help" || cpu_features == "help"; }

  /// LLVM's words; "help": list them.
  std::string cpu;
  std::string cpu_features;
  /// '0' to '3', or 's'.
  char level = '2';
  bool explicit_checks = false;
  bool call_traps = false;
  bool polls = false;
  /// Whether handlers of signals may be installed; without them, code checks everything by itself.
  bool signals = true;
  /// Where it was said.
  std::optional<TraceMode> trace;
  /// Bits of `frame_field`, where frames were asked for by their fields.
  std::optional<uint32_t> frame_fields;
  bool wants_frames = false;
  /// 0: one a core.
  uint64_t jobs = 0;
};

/// A folder of the host under the name that the guest knows it by.
struct FolderOption {
  /// As given on the command line, for messages.
  std::string text;
  std::string host;
  std::string guest;
  bool read_only = false;
};

struct ListenOption {
  std::string text;
  /// An address, or `localhost`.
  std::string host;
  uint16_t port = 0;
};

struct RunOptions {
  std::string file;
  /// What follows the file: the program's arguments, or those of the function to invoke.
  std::vector<std::string> arguments;
  std::optional<std::string> invoke;
  /// The guest's name for itself; the file where it is not given.
  std::optional<std::string> argv0;
  std::vector<FolderOption> folders;
  /// K=V, or K to pass on the value that it has here
  std::vector<std::string> environment;
  bool inherit_environment = false;
  std::vector<ListenOption> listen;
  /// NAME=FILE
  std::vector<std::string> links;
  /// Folders with modules for what is imported and not linked.
  std::vector<std::string> module_paths;
  FeatureSet features = FeatureSet::defaults();
  Validation validation = Validation::automatic;
  bool deterministic = false;
  std::optional<uint64_t> timeout_ms;
  std::optional<uint64_t> fuel;
  std::optional<uint64_t> stack_bytes;
  std::optional<uint64_t> memory_bytes;
  /// Besides the first.
  std::optional<uint32_t> max_threads;
  std::optional<uint64_t> gc_heap_bytes;
  bool gc_stress = false;
  bool gc_stats = false;
  /// How it ended, as JSON on standard output.
  bool json = false;
  std::optional<uint64_t> table_elements;
  /// A file with the program's debug information.
  std::optional<std::string> debug_info;
  /// Frames of a trace to show.
  std::optional<uint32_t> trace_max;
  bool trace_values = false;
  /// Where what the guest looked like is written when it traps.
  std::optional<std::string> core_dump;
  EngineKind engine = EngineKind::interp;
  CodeOptions code;
  /// Whether profilers are told of compiled code, and debuggers.
  bool perf = false;
  bool debug = false;
  /// Where compiled code is kept: a folder, or `kNotGiven` for the usual one. Empty: nowhere.
  std::string cache;
};

struct CompileOptions {
  std::string file;
  /// Empty: FILE's name with another ending, in the current folder. "-": standard output.
  std::string output;
  /// A name of `compile_targets`; empty: this machine. "help": list them.
  std::string target;
  CodeOptions code;
  FeatureSet features = FeatureSet::defaults();
  Emit emit = Emit::image;
  bool metering = false;
  bool deterministic = false;
  bool embed_wasm = false;
  bool checksum = false;
  bool debug = false;
  /// Where tables and names go to that are not to be in the image; empty: they are.
  std::string split_trace;
  /// Compare offsets with ids that instructions carry, and say what came of it.
  bool check_sites = false;
};

/// What `native` makes; `archive` is a static library.
enum class NativeEmit : uint8_t { exe, object, archive, shared };
/// Whether the C library is a part of an executable (`--link=static`).
enum class NativeLink : uint8_t { fixed, dynamic };

struct NativeOptions {
  std::string file;
  /// Empty: FILE's name with another ending, in the current folder.
  std::string output;
  NativeEmit emit = NativeEmit::exe;
  NativeLink link = NativeLink::fixed;
  /// A triplet, as aarch64-linux-gnu; empty: this machine.
  std::string target;
  /// The archive with the runtime; empty: that of this installation.
  std::string runtime;
  /// In front of the names of C functions; empty: FILE's name.
  std::string prefix;
  /// Where the C header goes; empty: PREFIX.h beside the output.
  std::string header;
  bool strip = false;
  /// Modules whose names are imported from other instances.
  std::vector<std::string> instances;
  /// The runtime of a shared library is one, too.
  bool share_runtime = false;
  /// Traces have lines of the source; or as a file has them.
  bool trace_lines = false;
  std::optional<std::string> debug_info;
  /// Addresses of the module are the machine's, and nothing is kept from it.
  bool no_sandbox = false;
  /// Without a sandbox, what it is linked with: objects, archives and shared libraries, names of
  /// libraries (`-l`), and folders that these are looked for in first.
  std::vector<std::string> inputs;
  std::vector<std::string> libraries;
  std::vector<std::string> link_folders;
  /// An executable's user may give options of the runtime.
  bool runtime_options = false;
  // What an executable's guest is given.
  std::vector<FolderOption> folders;
  std::vector<std::string> environment;
  bool inherit_environment = false;
  std::optional<uint64_t> timeout_ms;
  std::optional<uint64_t> stack_bytes;
  std::optional<uint64_t> memory_bytes;
  std::optional<uint64_t> gc_heap_bytes;
  std::optional<uint64_t> table_elements;
  std::optional<uint32_t> max_threads;
  CodeOptions code;
  FeatureSet features = FeatureSet::defaults();
  bool deterministic = false;
};

struct TargetsOptions {
  bool json = false;
};

struct ValidateOptions {
  std::vector<std::string> files;
  FeatureSet features = FeatureSet::defaults();
  bool json = false;
};

struct InspectOptions {
  std::string file;
  bool json = false;
  /// Sizes only, the largest first.
  bool sizes = false;
};

struct PrintOptions {
  std::string file;
  /// Empty: standard output.
  std::string output;
  FeatureSet features = FeatureSet::defaults();
};

struct WastOptions {
  std::vector<std::string> paths;
  EngineKind engine = EngineKind::interp;
  CodeOptions code;
  FeatureSet features = FeatureSet::defaults();
  bool json = false;
  bool verbose = false;
  bool strict_messages = false;
  bool stats = false;
  bool gc_stress = false;
  /// Compiles for this machine in the place of this program; empty: this does.
  std::string compiler;
};

struct SymbolizeOptions {
  std::string file;
  /// Of instructions, counted from the beginning of the file; none: traces are read from standard
  /// input.
  std::vector<std::string> offsets;
  std::optional<std::string> debug_info;
  /// What was split off the image that the traces are of.
  std::optional<std::string> split_trace;
  FeatureSet features = FeatureSet::defaults();
  bool json = false;
};

enum class Shell : uint8_t { bash, zsh, fish };

struct CompletionOptions {
  Shell shell = Shell::bash;
};

struct ManualOptions {};

struct VersionOptions {
  bool json = false;
};

using Command = std::variant<RunOptions, CompileOptions, NativeOptions, TargetsOptions,
                             ValidateOptions, InspectOptions, PrintOptions, WastOptions,
                             SymbolizeOptions, CompletionOptions, ManualOptions, VersionOptions>;

/// Every verb with its options, in the order of the help.
[[nodiscard]] std::vector<VerbFacts> command_table();

/// Reads the command line. The other side is an exit code: everything has been said then (help,
/// version, or what is wrong).
[[nodiscard]] std::expected<Command, int> read_command_line(int count, const char* const* words);

} // namespace waxwing::tool
