// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string_view>

namespace waxwing::platform {

/// The instruction set of this process, in the words of image/target.def.
#if defined(__x86_64__)
inline constexpr std::string_view kCpuName = "x86_64";
#elif defined(__aarch64__)
inline constexpr std::string_view kCpuName = "aarch64";
#elif defined(__riscv) && __riscv_xlen == 64
inline constexpr std::string_view kCpuName = "riscv64";
#elif defined(__riscv)
inline constexpr std::string_view kCpuName = "riscv32";
#elif defined(__arm__) && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
inline constexpr std::string_view kCpuName = "thumbv7em";
#elif defined(__arm__)
inline constexpr std::string_view kCpuName = "armv7";
#else
inline constexpr std::string_view kCpuName = "";
#endif

/// Whether this processor has `feature`, in LLVM's words. False for words that are not known here.
[[nodiscard]] bool cpu_has(std::string_view feature);

/// A number for the kind of this processor: another one where code that was made for this one may
/// not run, or might be made differently.
[[nodiscard]] uint64_t cpu_identity();

} // namespace waxwing::platform
