// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/config.hpp"

#include WAX_DISPATCH_FORM
