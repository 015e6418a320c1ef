// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi/transfer.hpp"

#include "wasi/process.hpp"

namespace waxwing::wasi {

Status wait_until_ready(const Call& call, const Descriptor& descriptor, int16_t wanted) {
  const bool waits = (descriptor.flags.load(std::memory_order_relaxed) & fdflags::nonblock) == 0;
  for (;;) {
    if (call.interrupted()) return refuse(Errno::intr);
    platform::PollEntry entry{.handle = descriptor.handle, .wanted = wanted, .ready = 0};
    const auto ready = platform::poll({&entry, 1}, waits ? kWaitSlice : 0);
    // Errors and the end of a stream count as ready: the operation tells them.
    if (ready && *ready != 0) return {};
    if (!ready && ready.error() != platform::FileError::intr) return refuse(ready.error());
    if (ready && !waits) return refuse(Errno::again);
  }
}

namespace {

/// The most that a write may hand to a stream which must not block: what a pipe that is ready
/// takes for certain (POSIX's least PIPE_BUF is 512). One that is ours does not block anyway.
[[nodiscard]] size_t write_limit(const Descriptor& descriptor) {
  constexpr size_t kSmallest = 512;
  const bool waits = (descriptor.flags.load(std::memory_order_relaxed) & fdflags::nonblock) == 0;
  if (waits || descriptor.owned || descriptor.is_file() || descriptor.is_socket())
    return platform::kMaxIoBytes;
  return kSmallest;
}

[[nodiscard]] platform::FileResult<size_t> write_once(const Descriptor& descriptor,
                                                      std::span<const platform::IoBuffer> buffers) {
  // Only these can lose their reader.
  if (descriptor.type == platform::FileType::pipe || descriptor.is_socket())
    return platform::write_stream(descriptor.handle, buffers);
  return platform::write(descriptor.handle, buffers);
}

/// Keeps the promise of the flags `dsync` and `sync`, which cannot be set on an open file.
[[nodiscard]] Status sync_if_asked(const Descriptor& descriptor) {
  const uint16_t flags = descriptor.flags.load(std::memory_order_relaxed);
  if (!descriptor.is_file()) return {};
  if ((flags & fdflags::sync) != 0)
    TRY(platform::sync(descriptor.handle));
  else if ((flags & fdflags::dsync) != 0)
    TRY(platform::sync_data(descriptor.handle));
  return {};
}

} // namespace

Status Process::fd_read(Call& call, Fd fd, Array<IoVec> vectors, Ptr<uint32_t> size) {
  TRY(call.memory.check(size));
  TRY(check_vectors(call, vectors));
  const DescriptorRef file = TRY(table.get(fd, rights::fd_read));
  const uint32_t total = TRY(
      transfer(call, vectors, file->is_file() ? Amount::all : Amount::once, platform::kMaxIoBytes,
               [&](std::span<const platform::IoBuffer> buffers, uint64_t) -> Expected<size_t> {
                 if (buffers.empty()) return size_t{0};
                 return wait_and_do(call, *file, platform::kPollRead, blocking_of(*file),
                                    [&] { return platform::read(file->handle, buffers); });
               }));
  return call.memory.write(size, total);
}

Status Process::fd_write(Call& call, Fd fd, Array<IoVec> vectors, Ptr<uint32_t> size) {
  TRY(call.memory.check(size));
  TRY(check_vectors(call, vectors));
  const DescriptorRef file = TRY(table.get(fd, rights::fd_write));
  const uint32_t total =
      TRY(transfer(call, vectors, Amount::all, write_limit(*file),
                   [&](std::span<const platform::IoBuffer> buffers, uint64_t) -> Expected<size_t> {
                     if (buffers.empty()) return size_t{0};
                     return wait_and_do(call, *file, platform::kPollWrite, blocking_of(*file),
                                        [&] { return write_once(*file, buffers); });
                   }));
  TRY(sync_if_asked(*file));
  return call.memory.write(size, total);
}

Status Process::fd_pread(Call& call, Fd fd, Array<IoVec> vectors, uint64_t offset,
                         Ptr<uint32_t> size) {
  TRY(call.memory.check(size));
  TRY(check_vectors(call, vectors));
  const DescriptorRef file = TRY(table.get(fd, rights::fd_read | rights::fd_seek));
  const uint32_t total = TRY(
      transfer(call, vectors, file->is_file() ? Amount::all : Amount::once, platform::kMaxIoBytes,
               [&](std::span<const platform::IoBuffer> buffers, uint64_t done) -> Expected<size_t> {
                 return wait_and_do(call, *file, platform::kPollRead, blocking_of(*file), [&] {
                   return platform::read_at(file->handle, buffers, offset + done);
                 });
               }));
  return call.memory.write(size, total);
}

Status Process::fd_pwrite(Call& call, Fd fd, Array<IoVec> vectors, uint64_t offset,
                          Ptr<uint32_t> size) {
  TRY(call.memory.check(size));
  TRY(check_vectors(call, vectors));
  const DescriptorRef file = TRY(table.get(fd, rights::fd_write | rights::fd_seek));
  const uint32_t total = TRY(
      transfer(call, vectors, Amount::all, platform::kMaxIoBytes,
               [&](std::span<const platform::IoBuffer> buffers, uint64_t done) -> Expected<size_t> {
                 return wait_and_do(call, *file, platform::kPollWrite, blocking_of(*file), [&] {
                   return platform::write_at(file->handle, buffers, offset + done);
                 });
               }));
  TRY(sync_if_asked(*file));
  return call.memory.write(size, total);
}

} // namespace waxwing::wasi
