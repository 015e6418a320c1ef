// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The semantics of every vector operator that does not touch memory, written once:
// `eval<Op::i32x4_add>(a, b)`.
#pragma once

#include "wasm/eval_relaxed.hpp"
#include "wasm/eval_simd_float.hpp"
#include "wasm/eval_simd_int.hpp"
#include "wasm/eval_simd_lane.hpp"
