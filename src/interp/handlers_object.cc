// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/config.hpp"
#include "interp/handlers.def"

#define WAX_GROUP WAX_HANDLERS_object
#include WAX_HANDLER_GROUP
