// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The semantics of every scalar numeric operator, written once: `eval<Op::i32_add>(a, b)`. Used by
// the interpreter, by constant expressions, and by whatever compares compiled code with them. The
// vector operators are in eval_simd.hpp.
#pragma once

#include "wasm/eval_float.hpp"
#include "wasm/eval_int.hpp"
#include "wasm/eval_types.hpp"
