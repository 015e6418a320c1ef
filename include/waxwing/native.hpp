// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Native programs and libraries out of modules, step by step: what `waxwing native` is made of
// (docs/native.md). Needs the compiler, as compile.hpp does. All of it is thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "waxwing/compile.hpp"
#include "waxwing/symbolize.hpp"

namespace waxwing::inline v0 {

/// Where instructions stand in the source, as native programs carry it.
struct NativeLines {
  std::string rows;
  std::string texts;
};

/// Those of all instructions of `module` that a trace can show: by its text, or by its debug
/// information. Fails as `find_source_lines` does, and with `io` where nothing is known of any.
[[nodiscard]] WAXWING_API Result<NativeLines> native_lines(const Module& module,
                                                           const DebugInfo& debug = {});

/// What a native program or library is besides its code.
struct NativeSettings {
  /// A name of `compile_targets`: x86_64, aarch64 or riscv64; empty: this machine.
  std::string target = {};
  /// The module's, for messages.
  std::string name = {};
  /// In front of the names of C functions, an identifier of C. Empty: an executable, which has
  /// none.
  std::string prefix = {};
  /// Words that hold for each run of an executable, as on its command line.
  std::vector<std::string> options = {};
  /// Whether its user may give such words, too.
  bool runtime_options = false;
  /// Modules whose names are imported from other instances of the same store; `*`: all that are not
  /// WASI's.
  std::vector<std::string> instances = {};
  /// For traces; empty: they have none.
  NativeLines lines = {};
};

/// An ELF object with an image of `module` for the same target. Fails over imports that nobody can
/// supply.
[[nodiscard]] WAXWING_API Result<std::string>
native_object(const Module& module, const Compiled& image, const NativeSettings& settings);
/// The C header that goes with it.
[[nodiscard]] WAXWING_API Result<std::string> native_header(const Module& module,
                                                            const NativeSettings& settings);
/// The C header for what an object of `Emit::no_sandbox_object` exports; of the settings, the names
/// count.
[[nodiscard]] WAXWING_API Result<std::string> no_sandbox_header(const Module& module,
                                                                const NativeSettings& settings);
/// Links with lld; `words` are those of its command line.
[[nodiscard]] WAXWING_API Result<void> native_link(const std::vector<std::string>& words);
/// The archive in file `base` with `object` as one more member.
[[nodiscard]] WAXWING_API Result<std::string>
native_archive(const std::string& base, const std::string& member, const std::string& object);
/// What a native program or library is linked with.
enum class NativeRuntime : uint8_t {
  /// The archive `libwaxwing_native.a`.
  archive,
  /// The shared library `libwaxwing_native.so`.
  shared,
  /// The archive with what objects of `Emit::no_sandbox_object` call, `libwaxwing_nosandbox.a`.
  no_sandbox,
};
/// Its file: where parts of the installation are, or in their folder `folder`. Empty where there is
/// none.
[[nodiscard]] WAXWING_API std::string find_native_runtime(const std::string& folder,
                                                          NativeRuntime kind);
/// The name of the file.
[[nodiscard]] WAXWING_API std::string_view native_runtime_file(NativeRuntime kind);

} // namespace waxwing::inline v0
