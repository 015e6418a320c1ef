// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What can be asked of and done to an open descriptor, but for moving bytes (transfer.cc).
#include <cstring>

#include "wasi/metadata.hpp"
#include "wasi/process.hpp"

namespace waxwing::wasi {

namespace {

/// The range of the file cannot be said in signed 64 bits.
[[nodiscard]] bool is_beyond(uint64_t offset, uint64_t length) {
  return offset > INT64_MAX || length > INT64_MAX;
}

} // namespace

Status Process::fd_advise(Call&, Fd fd, uint64_t offset, uint64_t length, uint32_t advice) {
  const DescriptorRef file = TRY(table.get(fd, rights::fd_advise));
  if (advice > static_cast<uint32_t>(platform::Advice::no_reuse) || is_beyond(offset, length))
    return refuse(Errno::inval);
  // Nothing is known of how a directory is read.
  if (file->type == platform::FileType::directory) return refuse(Errno::badf);
  TRY(platform::advise(file->handle, offset, length, static_cast<platform::Advice>(advice)));
  return {};
}

Status Process::fd_allocate(Call&, Fd fd, uint64_t offset, uint64_t length) {
  const DescriptorRef file = TRY(table.get(fd, rights::fd_allocate));
  TRY(platform::allocate(file->handle, offset, length));
  return {};
}

Status Process::fd_close(Call&, Fd fd) { return table.close(fd); }

Status Process::fd_datasync(Call&, Fd fd) {
  const DescriptorRef file = TRY(table.get(fd, rights::fd_datasync));
  TRY(platform::sync_data(file->handle));
  return {};
}

Status Process::fd_sync(Call&, Fd fd) {
  const DescriptorRef file = TRY(table.get(fd, rights::fd_sync));
  TRY(platform::sync(file->handle));
  return {};
}

Status Process::fd_fdstat_get(Call& call, Fd fd, Ptr<FdStat> stat) {
  const DescriptorRef file = TRY(table.get(fd));
  return call.memory.write(stat, {.filetype = filetype_of(file->type),
                                  .padding0 = 0,
                                  .flags = file->flags,
                                  .padding1 = 0,
                                  .rights_base = file->base,
                                  .rights_inheriting = file->inheriting});
}

Status Process::fd_fdstat_set_flags(Call&, Fd fd, uint32_t flags) {
  if ((flags & ~uint32_t{fdflags::all}) != 0) return refuse(Errno::inval);
  const DescriptorRef file = TRY(table.get(fd, rights::fd_fdstat_set_flags));
  // All other flags are kept by us: waiting and syncing happen here.
  if (file->type == platform::FileType::regular_file)
    TRY(platform::set_append(file->handle, (flags & fdflags::append) != 0));
  file->flags = static_cast<uint16_t>(flags);
  return {};
}

Status Process::fd_fdstat_set_rights(Call&, Fd fd, Rights base, Rights inheriting) {
  const DescriptorRef file = TRY(table.get(fd));
  if ((base & ~file->base) != 0 || (inheriting & ~file->inheriting) != 0)
    return refuse(Errno::notcapable);
  // Another thread may take rights away at the same time.
  file->base &= base;
  file->inheriting &= inheriting;
  return {};
}

Status Process::fd_filestat_get(Call& call, Fd fd, Ptr<FileStat> stat) {
  const DescriptorRef file = TRY(table.get(fd, rights::fd_filestat_get));
  // A stream of the embedder has a type and nothing else.
  if (file->host != nullptr) {
    platform::FileStat nothing{};
    nothing.type = file->type;
    nothing.links = 1;
    return write_filestat(call, stat, nothing);
  }
  return write_filestat(call, stat, TRY(platform::stat(file->handle)));
}

Status Process::fd_filestat_set_size(Call&, Fd fd, uint64_t size) {
  const DescriptorRef file = TRY(table.get(fd, rights::fd_filestat_set_size));
  if (is_beyond(size, 0)) return refuse(Errno::inval);
  TRY(platform::set_size(file->handle, size));
  return {};
}

Status Process::fd_filestat_set_times(Call&, Fd fd, uint64_t access, uint64_t modify,
                                      uint32_t flags) {
  const DescriptorRef file = TRY(table.get(fd, rights::fd_filestat_set_times));
  const NewTimes times = TRY(new_times(access, modify, flags));
  TRY(platform::set_times(file->handle, times.access, times.modify));
  return {};
}

Status Process::fd_prestat_get(Call& call, Fd fd, Ptr<Prestat> stat) {
  const DescriptorRef file = TRY(table.get(fd));
  if (!file->is_preopen) return refuse(Errno::badf);
  return call.memory.write(
      stat,
      {.tag = 0, .padding = {}, .name_length = static_cast<uint32_t>(file->preopen_name.size())});
}

Status Process::fd_prestat_dir_name(Call& call, Fd fd, Bytes name) {
  const DescriptorRef file = TRY(table.get(fd));
  if (!file->is_preopen) return refuse(Errno::badf);
  const Vec<char>& from = file->preopen_name;
  if (name.count < from.size()) return refuse(Errno::nametoolong);
  uint8_t* to = TRY(call.memory.bytes(name.address, from.size()));
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
  return {};
}

Status Process::fd_renumber(Call&, Fd from, Fd to) { return table.renumber(from, to); }

Status Process::fd_seek(Call& call, Fd fd, int64_t offset, uint32_t whence,
                        Ptr<uint64_t> position) {
  using platform::Whence;
  constexpr Whence kSnapshot1[] = {Whence::start, Whence::current, Whence::end};
  constexpr Whence kUnstable[] = {Whence::current, Whence::end, Whence::start};
  TRY(call.memory.check(position));
  const DescriptorRef file = TRY(table.get(fd));
  if (whence > 2) return refuse(Errno::inval);
  const Whence from = call.abi == Abi::unstable ? kUnstable[whence] : kSnapshot1[whence];
  // Asking where one is takes less than going elsewhere.
  const bool only_asks = from == Whence::current && offset == 0;
  if (!only_asks || (file->base & rights::fd_tell) == 0) TRY(file->require(rights::fd_seek));
  return call.memory.write(position, TRY(platform::seek(file->handle, offset, from)));
}

Status Process::fd_tell(Call& call, Fd fd, Ptr<uint64_t> position) {
  const DescriptorRef file = TRY(table.get(fd));
  // The right to seek includes it.
  if ((file->base & rights::fd_seek) == 0) TRY(file->require(rights::fd_tell));
  return call.memory.write(position,
                           TRY(platform::seek(file->handle, 0, platform::Whence::current)));
}

} // namespace waxwing::wasi
