// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi/metadata.hpp"

namespace waxwing::wasi {

Status write_filestat(const Call& call, Ptr<FileStat> to, const platform::FileStat& stat) {
  if (call.abi == Abi::unstable) {
    const uint64_t links = stat.links < UINT32_MAX ? stat.links : UINT32_MAX;
    return call.memory.write<UnstableFileStat>(to.address, {.dev = stat.device,
                                                            .ino = stat.inode,
                                                            .filetype = filetype_of(stat.type),
                                                            .padding = {},
                                                            .nlink = static_cast<uint32_t>(links),
                                                            .size = stat.size,
                                                            .atim = stat.access_time,
                                                            .mtim = stat.modify_time,
                                                            .ctim = stat.change_time});
  }
  return call.memory.write(to, {.dev = stat.device,
                                .ino = stat.inode,
                                .filetype = filetype_of(stat.type),
                                .padding = {},
                                .nlink = stat.links,
                                .size = stat.size,
                                .atim = stat.access_time,
                                .mtim = stat.modify_time,
                                .ctim = stat.change_time});
}

Expected<NewTimes> new_times(uint64_t access, uint64_t modify, uint32_t flags) {
  using platform::NewTime;
  if ((flags & ~uint32_t{fstflags::all}) != 0) return refuse(Errno::inval);
  auto one = [&](uint32_t set, uint32_t now, uint64_t time) -> Expected<NewTime> {
    if ((flags & set) != 0 && (flags & now) != 0) return refuse(Errno::inval);
    if ((flags & set) != 0) return NewTime{.kind = NewTime::Kind::set, .nanoseconds = time};
    return NewTime{.kind = (flags & now) != 0 ? NewTime::Kind::now : NewTime::Kind::keep};
  };
  return NewTimes {
    .access = TRY(one(fstflags::atim, fstflags::atim_now, access))
    , .modify = TRY(one(fstflags::mtim, fstflags::mtim_now, modify))
  };
}

} // namespace waxwing::wasi
