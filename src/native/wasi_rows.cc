// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of WASI one by one, for the modules that import them; the linker leaves out the
// others, with all that they need.
#include "wasi/process.hpp"
#include "wasi/row.hpp"

#define WAX_WASI(result, name, parameters)                                                         \
  extern "C" constinit const waxwing::wasi::FunctionRow waxwing_wasi_##name =                      \
      waxwing::wasi::function_row<&waxwing::wasi::Process::name>(#name);
#include "wasi/functions.def"
#undef WAX_WASI
