// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For code that runs inside images: no library, no operating system, the target's C convention.
#pragma once

using u32 = unsigned int;
using i32 = int;
using u64 = unsigned long long;
using i64 = long long;
using usize = decltype(sizeof 0);

/// Seen by the image alone.
#define HELPER __attribute__((visibility("hidden"), used))
