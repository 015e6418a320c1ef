// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same for processors of ARM's M profile.
#pragma once

#include "compile/helpers/target.hpp"

namespace waxwing::helpers {

/// While one lives nothing else runs: interrupts are off, and there is one core. Privileged.
class Alone {
 public:
  Alone() { asm volatile("mrs %0, primask\n cpsid i" : "=r"(before_) : : "memory"); }
  ~Alone() { asm volatile("msr primask, %0" : : "r"(before_) : "memory"); }
  Alone(const Alone&) = delete;

 private:
  unsigned before_;
};

} // namespace waxwing::helpers
