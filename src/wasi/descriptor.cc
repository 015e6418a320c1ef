// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi/descriptor.hpp"

namespace waxwing::wasi {

using platform::FileType;

Status Descriptor::require(Rights needed) const {
  const Rights missing = needed & ~base.load(std::memory_order_relaxed);
  if (missing == 0) return {};
  return refuse(read_only && (missing & rights::changing) != 0 ? Errno::rofs : Errno::notcapable);
}

Rights rights_of(FileType type, platform::Handle handle) {
  switch (type) {
  case FileType::directory: return rights::directory;
  case FileType::regular_file: return rights::regular_file;
  case FileType::block_device: return rights::device;
  case FileType::character_device:
    return platform::is_terminal(handle) ? rights::stream : rights::device;
  case FileType::stream_socket:
  case FileType::datagram_socket: return rights::socket;
  case FileType::pipe:
  case FileType::symbolic_link:
  case FileType::unknown: break;
  }
  return rights::stream;
}

DescriptorRef::~DescriptorRef() {
  if (descriptor_ == nullptr) return;
  if (descriptor_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (descriptor_->owned) platform::close(descriptor_->handle);
  const Allocator allocator = descriptor_->allocator;
  destroy(allocator, descriptor_);
}

Expected<DescriptorRef> make_descriptor(const Allocator& allocator, FileType type) {
  DescriptorRef made(create<Descriptor>(allocator, allocator, type));
  if (!made) return refuse(Errno::nomem);
  return made;
}

DescriptorTable::~DescriptorTable() {
  for (Descriptor* slot : slots_) DescriptorRef closing(slot);
}

Expected<Fd> DescriptorTable::insert(DescriptorRef descriptor) {
  const platform::LockGuard guard(lock_);
  Fd fd = lowest_;
  while (fd < slots_.size() && slots_[fd] != nullptr) ++fd;
  if (fd >= max_) return refuse(Errno::mfile);
  if (fd == slots_.size() && !slots_.push(nullptr)) return refuse(Errno::nomem);
  slots_[fd] = descriptor.release();
  lowest_ = fd + 1;
  return fd;
}

Status DescriptorTable::insert_at(Fd fd, DescriptorRef descriptor) {
  const platform::LockGuard guard(lock_);
  if (fd >= max_) return refuse(Errno::mfile);
  if (fd >= slots_.size() && !slots_.resize(fd + 1, nullptr)) return refuse(Errno::nomem);
  slots_[fd] = descriptor.release();
  return {};
}

Expected<DescriptorRef> DescriptorTable::get(Fd fd, Rights needed) {
  DescriptorRef found;
  {
    const platform::LockGuard guard(lock_);
    if (!is_open(fd)) return refuse(Errno::badf);
    slots_[fd]->references.fetch_add(1, std::memory_order_relaxed);
    found = DescriptorRef(slots_[fd]);
  }
  TRY(found->require(needed));
  return found;
}

Expected<DescriptorRef> DescriptorTable::get_directory(Fd fd, Rights needed) {
  DescriptorRef found = TRY(get(fd));
  if (found->type != FileType::directory) return refuse(Errno::notdir);
  TRY(found->require(needed));
  return found;
}

Expected<DescriptorRef> DescriptorTable::get_socket(Fd fd, Rights needed) {
  DescriptorRef found = TRY(get(fd));
  if (!found->is_socket()) return refuse(Errno::notsock);
  TRY(found->require(needed));
  return found;
}

Status DescriptorTable::close(Fd fd) {
  // Closed after the lock is given back: that can take a while.
  DescriptorRef closing;
  const platform::LockGuard guard(lock_);
  if (!is_open(fd)) return refuse(Errno::badf);
  closing = DescriptorRef(std::exchange(slots_[fd], nullptr));
  if (fd < lowest_) lowest_ = fd;
  return {};
}

Status DescriptorTable::renumber(Fd from, Fd to) {
  DescriptorRef closing;
  const platform::LockGuard guard(lock_);
  if (!is_open(from) || !is_open(to)) return refuse(Errno::badf);
  if (from == to) return {};
  closing = DescriptorRef(std::exchange(slots_[to], std::exchange(slots_[from], nullptr)));
  if (from < lowest_) lowest_ = from;
  return {};
}

} // namespace waxwing::wasi
