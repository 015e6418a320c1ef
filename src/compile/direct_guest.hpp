// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guest without a sandbox (docs/native.md): what has to be known of its module before it is
// lowered with the machine's own addresses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compile/failure.hpp"
#include "compile/host_functions.hpp"
#include "compile/relocations.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

/// A function that the guest imports.
struct HostImport {
  /// What an object calls it.
  std::string symbol;
  /// Of the C library, or null: somebody else supplies it.
  const HostFunction* known = nullptr;
};

/// A function of the guest that others can call by a name.
struct DirectExport {
  std::string symbol;
  FuncIndex function = 0;
};

/// Where an executable begins.
enum class DirectMain : uint8_t {
  /// `_start`, which ends with the code 0 or by itself.
  start,
  /// `main` without arguments, and with them.
  plain,
  arguments,
};

class DirectGuest {
 public:
  /// Reads what `wasm` says of its addresses. The names of exports get `prefix` in front. Fails
  /// over modules that have no addresses of 64 bits or do not say where they are, over features
  /// that need a runtime, and over imports that nobody can supply. `wasm` outlives what is made.
  [[nodiscard]] static Outcome<DirectGuest> make(const waxwing::Module& wasm,
                                                 std::string_view prefix);

  [[nodiscard]] const waxwing::Module& wasm() const { return *wasm_; }
  [[nodiscard]] const Relocations& relocations() const { return relocations_; }
  /// By index of an imported function.
  [[nodiscard]] const std::vector<HostImport>& imports() const { return imports_; }
  [[nodiscard]] const std::vector<DirectExport>& exports() const { return exports_; }
  /// Exported functions with types that C has not.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }
  /// The global that is the guest's stack pointer, or `kNoIndex`.
  [[nodiscard]] uint32_t stack_pointer() const { return stack_pointer_; }
  /// A function that runs before everything else, or `kNoIndex`.
  [[nodiscard]] FuncIndex constructors() const { return constructors_; }
  [[nodiscard]] std::optional<DirectMain> main() const { return main_; }
  [[nodiscard]] FuncIndex main_function() const { return main_function_; }
  /// The name that the module gives an own function; may be empty.
  [[nodiscard]] std::string_view function_name(FuncIndex function) const {
    return names_[function];
  }
  /// The function at a place in the table as the linker has filled it, or `kNoIndex`.
  [[nodiscard]] FuncIndex function_in_table(uint64_t index) const;
  /// The address that the linker has given a data symbol; none for an undefined one.
  [[nodiscard]] std::optional<uint64_t> guest_address(const GuestSymbol& symbol) const;

 private:
  explicit DirectGuest(const waxwing::Module& wasm) : wasm_(&wasm) {}
  [[nodiscard]] Outcome<void> check_features() const;
  [[nodiscard]] Outcome<void> bind_imports();
  void read_names();
  void find_constructors();
  [[nodiscard]] FuncIndex without_wrapper(FuncIndex function) const;
  [[nodiscard]] Outcome<void> find_exports(std::string_view prefix);
  void find_main();
  void fill_table();

  const waxwing::Module* wasm_;
  Relocations relocations_;
  std::vector<HostImport> imports_;
  std::vector<DirectExport> exports_;
  std::vector<std::string> left_out_;
  std::vector<std::string_view> names_;
  std::vector<FuncIndex> table_;
  uint64_t table_start_ = 0;
  uint32_t stack_pointer_ = kNoIndex;
  FuncIndex linker_constructors_ = kNoIndex;
  FuncIndex constructors_ = kNoIndex;
  FuncIndex main_function_ = kNoIndex;
  std::optional<DirectMain> main_;
};

/// Whether a name is one that C has for functions and variables.
[[nodiscard]] bool is_identifier(std::string_view word);

/// The value of a constant expression that is one number; none for others.
[[nodiscard]] std::optional<uint64_t> constant_bits(const waxwing::Module& wasm, ConstExpr expr);

/// The header for the functions that a guest exports; `name` is the module's.
[[nodiscard]] std::string direct_header(const DirectGuest& guest, std::string_view name);

} // namespace waxwing::compile
