// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the files of this folder are compiled with for the targets of images: the compiler is told
// to read this first. Tests define the same words for the machine that they run on.
#pragma once

/// What LLVM calls by name: seen by the image alone.
#define HELPER extern "C" __attribute__((visibility("hidden"), used))
/// Floats in integer registers, whatever the target has: the run-time ABI of ARM (RTABI, section
/// 4.1.2) wants it so.
#define BASE_CONVENTION __attribute__((pcs("aapcs")))
