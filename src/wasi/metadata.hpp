// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "wasi/guest.hpp"

namespace waxwing::wasi {

/// Writes it in the layout of the version that the guest called.
[[nodiscard]] Status write_filestat(const Call& call, Ptr<FileStat> to,
                                    const platform::FileStat& stat);

struct NewTimes {
  platform::NewTime access;
  platform::NewTime modify;
};

/// What the flags of `fd_filestat_set_times` say; `inval` where they contradict each other.
[[nodiscard]] Expected<NewTimes> new_times(uint64_t access, uint64_t modify, uint32_t flags);

} // namespace waxwing::wasi
