// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What of a module has to be known before any body is lowered, and the parts that it is compiled
// in, each for itself.
#pragma once

#include <string>
#include <vector>

#include "compile/closed_table.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

/// Whether anything but direct calls of its module can lead to an own function.
[[nodiscard]] bool is_reachable(const waxwing::Module& wasm, FuncIndex function);

/// Functions of the module itself, `begin` to `end` - 1.
struct Part {
  FuncIndex begin = 0;
  FuncIndex end = 0;
};

class ModulePlan {
 public:
  /// What a part has of code, about: enough that little is lost where functions of different parts
  /// call each other, and few enough that all processors have something to do.
  static constexpr size_t kPartBytes = size_t{64} * 1024;
  static constexpr size_t kMostParts = 512;

  /// `wasm` is validated and outlives this. The parts depend on nothing else. `in_parts` false:
  /// there is one.
  ModulePlan(const waxwing::Module& wasm, bool in_parts);

  [[nodiscard]] const waxwing::Module& wasm() const { return wasm_; }
  /// At least one.
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// Whether an own function makes tail calls.
  [[nodiscard]] bool makes_tail_calls(FuncIndex function) const {
    return makes_tail_calls_[function];
  }
  /// Whether an own function is called from its part alone, and only directly.
  [[nodiscard]] bool is_local(FuncIndex function) const { return is_local_[function]; }
  /// Of all tables of the module.
  [[nodiscard]] const std::vector<ClosedTable>& closed_tables() const { return closed_tables_; }
  /// Whether any function catches exceptions.
  [[nodiscard]] bool catches() const { return catches_; }

  /// Names of the native signatures of own functions, in the order of `SignatureRow`.
  [[nodiscard]] const std::vector<std::string>& signatures() const { return signatures_; }
  /// The row of an own function.
  [[nodiscard]] uint32_t signature_of(FuncIndex function) const { return signature_of_[function]; }

 private:
  void divide(bool in_parts);
  void look_through(FuncIndex function, uint32_t part);
  void find_signatures();

  const waxwing::Module& wasm_;
  std::vector<Part> parts_;
  /// By function, as what follows.
  std::vector<uint32_t> part_of_;
  std::vector<bool> makes_tail_calls_;
  std::vector<bool> is_local_;
  std::vector<uint32_t> signature_of_;
  std::vector<std::string> signatures_;
  std::vector<bool> is_written_;
  std::vector<ClosedTable> closed_tables_;
  bool catches_ = false;
};

} // namespace waxwing::compile
