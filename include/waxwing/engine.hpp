// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "waxwing/error.hpp"

namespace waxwing::inline v0 {

/// Which features of WebAssembly modules may use. A plain value.
class WAXWING_API Features {
 public:
  /// All of version 3 of the core specification, threads, wide arithmetic and custom page sizes.
  Features();
  /// Exactly what version 1, 2 or 3 of the core specification has.
  [[nodiscard]] static Features version(unsigned number);
  /// Everything that there is, proposals included.
  [[nodiscard]] static Features all();
  /// The name of every feature, such as `simd`, `tail-call` or `threads`.
  [[nodiscard]] static std::vector<std::string_view> names();

  /// Allows or refuses one feature. False where there is none of that name.
  bool enable(std::string_view name);
  bool disable(std::string_view name);
  [[nodiscard]] bool has(std::string_view name) const;
  friend bool operator==(const Features&, const Features&) = default;

 private:
  uint64_t bits_;
};

/// Where the library gets its memory.
///
/// `resize(context, pointer, old_size, new_size, alignment)` behaves like `realloc`: a null pointer
/// allocates, `new_size` 0 frees and returns null, null for any other size means that there is no
/// memory and leaves the old block as it was. Sizes are bytes; the alignment is a power of two of
/// at most 64. It is called from several threads at once if the host uses several.
///
/// Everything whose size a module or guest decides comes from here (or, for linear memories, large
/// tables and stacks, from the system as pages); objects of the interface that have a size of their
/// own, and texts, come from `operator new`.
struct Allocator {
  void* (*resize)(void* context, void* pointer, size_t old_size, size_t new_size,
                  size_t alignment) = nullptr;
  void* context = nullptr;
};

/// Whether the library may handle signals (SIGURG for interruptions, and SIGSEGV, SIGBUS, SIGFPE
/// and SIGILL once compiled code is used).
enum class Signals : uint8_t {
  /// Handlers are installed when they are first needed, and pass on what is not theirs to those
  /// that were there before.
  on,
  /// No handler is ever installed: guests look by themselves whether they are to stop, and every
  /// access is checked in code.
  off,
};

/// When the bodies of functions are checked.
enum class Validation : uint8_t {
  /// All of them when the module is loaded.
  eager,
  /// Each at its first call; an invalid one is then a trap. The specification allows it, and large
  /// programs start sooner.
  lazy,
};

struct Config {
  Features features = {};
  /// Without a function: the C library's.
  Allocator allocator = {};
  Signals signals = Signals::on;
  /// Count fuel, one unit a WebAssembly operator (`Limits::fuel`, `Store::fuel`).
  bool metering = false;
  /// NaNs are canonical and relaxed SIMD does the same everywhere, so that a guest that sees the
  /// same inputs computes the same bits on every machine. What it can still tell apart are its
  /// inputs: imports, and WASI's clocks, random numbers and files (`WasiConfig::clock` and
  /// `::random` replace two of these).
  bool deterministic = false;
  Validation validation = Validation::eager;
  /// Bytes of code up to which `Validation::lazy` checks all bodies at load, since that takes no
  /// time.
  uint32_t eager_up_to = 0;
};

/// What modules and stores share: types, configuration and allocator. A handle; copies are the same
/// engine, which lives until the last handle, module and store is gone. Thread-safe.
class WAXWING_API Engine {
 public:
  explicit Engine(const Config& config = {});
  ~Engine();
  Engine(const Engine&);
  Engine(Engine&&) noexcept;
  Engine& operator=(const Engine&);
  Engine& operator=(Engine&&) noexcept;

  [[nodiscard]] const Config& config() const;

 private:
  friend struct impl::EngineState;
  explicit Engine(std::shared_ptr<impl::EngineState> state);
  std::shared_ptr<impl::EngineState> state_;
};

/// How the library was built.
struct BuildInfo {
  /// `MAJOR.MINOR.PATCH`
  std::string_view version;
  /// What can run functions: `interpreter`, and `images` where compiled images run here.
  std::vector<std::string_view> engines;
  /// How the interpreter gets from one operator to the next: `tail calls`, `computed goto` or
  /// `loop`.
  std::string_view dispatch;
  /// Bits of the interpreter's slots.
  unsigned slot_bits;
};
[[nodiscard]] WAXWING_API BuildInfo build_info();

/// The library's version, `MAJOR.MINOR.PATCH`.
[[nodiscard]] WAXWING_API std::string_view version();

} // namespace waxwing::inline v0
