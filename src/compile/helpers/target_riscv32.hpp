// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same for RISC-V without an operating system.
#pragma once

#include "compile/helpers/target.hpp"

namespace waxwing::helpers {

/// While one lives nothing else runs: interrupts are off, and there is one core. Machine mode.
class Alone {
 public:
  Alone() { asm volatile("csrrci %0, mstatus, 8" : "=r"(before_) : : "memory"); }
  ~Alone() { asm volatile("csrs mstatus, %0" : : "r"(before_ & 8) : "memory"); }
  Alone(const Alone&) = delete;

 private:
  unsigned before_;
};

} // namespace waxwing::helpers
