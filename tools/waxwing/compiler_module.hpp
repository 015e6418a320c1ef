// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "compile/interface.hpp"
#include "compile/native.hpp"
#include "waxwing/options.hpp"

namespace waxwing::tool {

/// The compiler, loaded at the first call. Where there is none, that has been printed, and the
/// other side is the exit code.
[[nodiscard]] std::expected<const WaxCompileInterface*, int> load_compiler();

/// What it has for native programs, by the same rules.
[[nodiscard]] std::expected<const WaxNativeInterface*, int> load_native_compiler();

/// Tells one build of the compiler from another, without loading it.
[[nodiscard]] std::string compiler_stamp();

/// For the compiler's interface; `text` outlives the result.
[[nodiscard]] inline WaxText text_of(std::string_view text) { return {text.data(), text.size()}; }

/// What the options say to the compiler; what they leave open is 0. The strings are those of
/// `options`.
[[nodiscard]] WaxCompileOptions compiler_options(const CodeOptions& options);

/// What came of a compilation. The bytes are the compiler's and go with this.
class Compiled {
 public:
  /// What functions of the module are called, for messages.
  using FunctionName = std::function<std::string(uint32_t function)>;

  /// Compiles as `options` say, which name the module; it is valid.
  Compiled(const WaxCompileInterface& compiler, const WaxCompileOptions& options,
           const FunctionName& name_of);
  ~Compiled() { compiler_->release(&result_); }
  Compiled(const Compiled&) = delete;

  [[nodiscard]] bool failed() const { return result_.bytes == nullptr; }
  [[nodiscard]] std::span<const uint8_t> bytes() const { return {result_.bytes, result_.size}; }
  /// Why it failed, with the function that it is about.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  const WaxCompileInterface* compiler_;
  WaxCompileResult result_{};
  std::string error_;
};

} // namespace waxwing::tool
