// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <string>
#include <waxwing/module.hpp>

#include "waxwing/options.hpp"
#include "waxwing/work_folder.hpp"

namespace waxwing::tool {

/// Another waxwing that compiles for this machine, as one on the machine that emulates it.
class OtherCompiler {
 public:
  /// `program` is a path, or a name on PATH.
  OtherCompiler(std::string program, const CodeOptions& code)
      : program_(std::move(program)), code_(code) {}

  /// The module with its code. Fails where that program does, which has printed why, and as
  /// `Module::with_code`. Thread-safe.
  Result<Module> compile(const Module& module);

 private:
  std::string program_;
  CodeOptions code_;
  WorkFolder folder_;
  std::atomic<unsigned> number_{0};
};

} // namespace waxwing::tool
