// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "waxwing/error.hpp"
#include "waxwing/module.hpp"

/// Compiling modules to machine code ahead of time. The compiler (LLVM is in it) is a module of its
/// own, libwaxwing_compile.so, which is loaded at the first use and stays; where an installation
/// has none (`-DWAXWING_COMPILE=OFF`), everything here fails with `compilation`, and images that
/// were made elsewhere still run. Component `compile`; not part of `waxwing/waxwing.hpp`.
///
///     waxwing::Result<waxwing::Module> fast = waxwing::with_machine_code(module);
namespace waxwing::inline v0 {

/// What is made of a module.
enum class Emit : uint8_t {
  /// An image, for `Module::from_image` or `Module::with_code`.
  image,
  /// A relocatable ELF object.
  object,
  /// LLVM IR as text: before optimisation at level 0, else behind it.
  llvm_ir,
  /// Assembly as text.
  assembly,
  /// A relocatable ELF object in which addresses of the module are the machine's, with
  /// `CompileOptions::no_sandbox`; what goes with it is in native.hpp.
  no_sandbox_object,
};

/// For `Emit::no_sandbox_object` (docs/native.md, "Without a sandbox").
struct NoSandboxOptions {
  /// Of an executable, which has a beginning; else of a library, which has exports.
  bool is_program = false;
  /// In front of the names of exports, with an underscore; empty: they are as they are.
  std::string prefix = {};
  /// Bytes of each thread for what functions allocate at run time (alloca, arrays of variable
  /// length).
  uint64_t stack_bytes = uint64_t{1} << 20;
  /// Paths of objects, archives and shared libraries that define what the module imports: for an
  /// executable, all that is not of the C library.
  std::vector<std::string> inputs = {};
  /// Archives of the C library. What is only there and may be called another way by C is refused.
  std::vector<std::string> c_libraries = {};
};

/// How far a compilation is.
struct CompileProgress {
  /// Functions that are done, of how many.
  uint32_t done = 0;
  uint32_t total = 0;
  /// Bytes of the code section that are done.
  uint64_t code_bytes = 0;
};

/// How stack traces of compiled code come about; docs/stack-traces.md says what each costs.
enum class TraceMode : uint8_t {
  /// By tables beside the code.
  table,
  /// By frames that functions push.
  frames,
  /// Not at all.
  none,
  /// The target's: tables, but on targets where traps are calls frames that tell `func_idx` and
  /// `ip`. Offsets of traps would be a call for each access to a memory there.
  automatic,
};
/// What pushed frames tell: bits of `CompileOptions::frame_fields`.
namespace frame_field {
inline constexpr uint32_t func_idx = 1 << 0;
inline constexpr uint32_t ip = 1 << 1;
inline constexpr uint32_t trap_ip = 1 << 2;
inline constexpr uint32_t sp = 1 << 3;
inline constexpr uint32_t locals = 1 << 4;
inline constexpr uint32_t params = 1 << 5;
inline constexpr uint32_t bounds_checks = 1 << 6;
inline constexpr uint32_t values = sp | locals | params;
inline constexpr uint32_t all = values | func_idx | ip | trap_ip | bounds_checks;
inline constexpr uint32_t usual = func_idx | ip | trap_ip | bounds_checks;
} // namespace frame_field

struct CompileOptions {
  /// A name of `compile_targets`; empty: this machine.
  std::string target = {};
  /// LLVM's name of a processor: "generic" for the least that the target stands for, "native" for
  /// the one of this machine. Empty: "native" for this machine, "generic" for another target.
  std::string cpu = {};
  /// LLVM's words for features, as in "+avx2,-bmi", on top of the processor's.
  std::string cpu_features = {};
  /// How much work goes into the code: 0 to 3.
  unsigned level = 2;
  /// Small code before fast code; `level` is at least 2 then.
  bool small = false;
  Emit emit = Emit::image;
  /// Whether code checks addresses against the memory's size, instead of relying on guard pages and
  /// a handler of SIGSEGV. Always on targets that have no such pages.
  bool explicit_bounds_checks = false;
  /// Whether code calls the library where it traps, instead of an instruction that faults.
  bool calling_traps = false;
  /// Whether functions compare the stack with its limit, instead of relying on guard pages.
  bool explicit_stack_checks = false;
  /// Whether loops look at whether they are to stop, instead of relying on SIGURG.
  bool polling = false;
  /// Keep the whole module in the image, so that an interpreter can run it, too, and so that it can
  /// be compiled anew.
  bool embed_module = false;
  /// Leave debug information, and whatever else of custom sections the module has but its names,
  /// out of the image.
  bool names_only = false;
  /// Put a checksum into the image.
  bool checksum = false;
  /// Put debug information (DWARF) about the machine code into what is made: functions and lines of
  /// the source, by the text that the module was made from or by its own DWARF; where it has none,
  /// a line is the offset of an operator. `tell_debugger` makes use of it, and so do programs that
  /// read ELF files. The code is the same.
  bool debug_info = false;
  TraceMode trace = TraceMode::automatic;
  /// For `TraceMode::frames`: bits of `frame_field`.
  uint32_t frame_fields = frame_field::usual;
  /// Not empty: what traces come from goes into `Compiled::trace`, for a file of this name (without
  /// folders) that lies beside the image, and is left out of the image.
  std::string trace_file = {};
  /// Compare the offsets of traces with ids that instructions carry through the compilation;
  /// `Compiled::notes` has the counts.
  bool check_sites = false;
  /// Threads to use; 0: one a processor. What comes out does not depend on it.
  unsigned threads = 0;
  /// For `Emit::no_sandbox_object`.
  NoSandboxOptions no_sandbox = {};
  /// Called now and then, by one thread at a time. False gives up.
  std::function<bool(const CompileProgress&)> progress = {};
  /// Where the compiler is. Empty: beside the program or the library, or where parts of the
  /// installation are.
  std::string folder = {};
};

/// What was compiled. A handle; copies are the same bytes, which live until the last one is gone.
class WAXWING_API Compiled {
 public:
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  /// What was split off an image (`CompileOptions::trace_file`); lives as long.
  [[nodiscard]] std::span<const std::byte> trace() const { return trace_; }
  /// What the compiler says besides, a line each without an end of the last; lives as long.
  [[nodiscard]] std::string_view notes() const { return notes_; }
  /// Keeps the bytes, such as for `Module::with_code`.
  [[nodiscard]] const std::shared_ptr<const void>& owner() const { return owner_; }

 private:
  friend Result<Compiled> compile(const Module& module, const CompileOptions& options);
  Compiled(std::span<const std::byte> bytes, std::span<const std::byte> trace,
           std::string_view notes, std::shared_ptr<const void> owner)
      : bytes_(bytes), trace_(trace), notes_(notes), owner_(std::move(owner)) {}
  std::span<const std::byte> bytes_;
  std::span<const std::byte> trace_;
  std::string_view notes_;
  std::shared_ptr<const void> owner_;
};

/// Compiles a module for engines with the configuration of its own: features, `metering`,
/// `deterministic`; and for `Signals::off`, code that needs no handler, whatever the options say of
/// checks. Takes from milliseconds to minutes. Fails with `compilation`, naming the function that
/// it is about where it is about one, and with `usage` for a module that came out of an image which
/// lacks its code. Thread-safe.
[[nodiscard]] WAXWING_API Result<Compiled> compile(const Module& module,
                                                   const CompileOptions& options = {});

/// The module with machine code for this process: `compile` and `Module::with_code`. Fails as they
/// do.
[[nodiscard]] WAXWING_API Result<Module> with_machine_code(const Module& module,
                                                           const CompileOptions& options = {});

/// Everything that the result of `compile` depends on besides the module's bytes, as a text without
/// line ends: configuration, options, versions, this machine's processor, the very compiler. For
/// hosts that keep what they compile: equal module and equal key, equal code. The compiler is not
/// loaded. Empty where there is none.
[[nodiscard]] WAXWING_API std::string compile_key(const Module& module,
                                                  const CompileOptions& options = {});

/// What can be compiled for.
struct CompileTarget {
  std::string_view name;
  /// LLVM's triple, and the least processor.
  std::string_view triple;
  std::string_view cpu;
  unsigned pointer_bytes;
  /// Whether code for it relies on guard pages if nothing else is asked for.
  bool has_guard_pages;
  bool is_this_machine;
};
/// All of them. No compiler is needed for that.
[[nodiscard]] WAXWING_API std::vector<CompileTarget> compile_targets();

/// LLVM's processors of a target (empty: this machine), and their features: a text, one a line with
/// a description. Fails with `compilation`.
[[nodiscard]] WAXWING_API Result<std::string> compile_cpus(const std::string& target = {},
                                                           const std::string& folder = {});
[[nodiscard]] WAXWING_API Result<std::string> compile_cpu_features(const std::string& target = {},
                                                                   const std::string& folder = {});

} // namespace waxwing::inline v0
