// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace waxwing::platform {

/// A descriptor that was just opened (or -1, with `errno`), out of the places of the standard
/// streams: where the process has closed one of those, what a guest opens would take its place, and
/// what the host prints would end up there. Closed on `exec`.
[[nodiscard]] int behind_standard_streams(int descriptor);

} // namespace waxwing::platform
