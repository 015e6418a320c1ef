// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What takes a path. A path is copied out of the guest's memory once, walked by `find_place`, and
// the operation done to one name in one directory.
#include <algorithm>
#include <cstring>

#include "wasi/metadata.hpp"
#include "wasi/place.hpp"
#include "wasi/process.hpp"

namespace waxwing::wasi {

namespace {

using platform::FileError;
using platform::FileType;

/// A copy of a guest's string, ended by a NUL.
class PathText {
 public:
  [[nodiscard]] Status read(const Call& call, Path path) {
    const uint8_t* from = TRY(call.memory.bytes(path.address, path.length));
    if (path.length >= sizeof bytes_) return refuse(Errno::nametoolong);
    std::memcpy(bytes_, from, path.length);
    bytes_[path.length] = 0;
    size_ = path.length;
    if (std::memchr(bytes_, 0, size_) != nullptr) return refuse(Errno::inval);
    return {};
  }
  [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }
  [[nodiscard]] const char* c_str() const { return bytes_; }

 private:
  size_t size_ = 0;
  // PATH_MAX of Linux.
  char bytes_[4096];
};

[[nodiscard]] Expected<Follow> follow_of(uint32_t lookup) {
  if ((lookup & ~lookupflags::all) != 0) return refuse(Errno::inval);
  return lookup == lookupflags::symlink_follow ? Follow::always : Follow::before_slash;
}

/// Reads the path and walks it.
[[nodiscard]] Status find(const Process& process, const Call& call, const Descriptor& directory,
                          Path path, Follow follow, Place& place) {
  PathText text;
  TRY(text.read(call, path));
  return find_place(directory.handle, text.view(), follow, process.path_search, place);
}

[[nodiscard]] Expected<platform::FileStat> stat_place(const Place& place) {
  const auto stat = TRY(platform::stat_at(place.directory, place.name));
  if (place.must_be_directory && stat.type != FileType::directory) return refuse(Errno::notdir);
  return stat;
}

/// For what makes something that is no directory: a name with a slash behind it cannot be made.
[[nodiscard]] Status check_new_name(const Place& place) {
  if (!place.must_be_directory) return {};
  TRY(stat_place(place));
  return refuse(Errno::exist);
}

/// What the rights mean for the opening.
[[nodiscard]] platform::OpenOptions options_of(Rights base, uint32_t open_flags, uint32_t fd_flags,
                                               bool must_be_directory) {
  platform::OpenOptions options;
  options.write =
      (base & (rights::fd_write | rights::fd_allocate | rights::fd_filestat_set_size)) != 0;
  options.truncate = (open_flags & oflags::trunc) != 0;
  if (options.truncate) options.write = true;
  options.read = (base & (rights::fd_read | rights::fd_readdir)) != 0;
  options.create = (open_flags & oflags::creat) != 0;
  options.exclusive = (open_flags & oflags::excl) != 0;
  options.append = (fd_flags & fdflags::append) != 0;
  options.directory = (open_flags & oflags::directory) != 0 || must_be_directory;
  return options;
}

} // namespace

Status Process::path_open(Call& call, Fd fd, uint32_t lookup, Path path, uint32_t open_flags,
                          Rights base, Rights inheriting, uint32_t fd_flags, Ptr<Fd> opened) {
  TRY(call.memory.check(opened));
  Follow follow = TRY(follow_of(lookup));
  if ((open_flags & ~uint32_t{oflags::all}) != 0 || (fd_flags & ~uint32_t{fdflags::all}) != 0)
    return refuse(Errno::inval);
  const bool creates = (open_flags & oflags::creat) != 0;
  // A link is something that exists.
  if (creates && (open_flags & oflags::excl) != 0) follow = Follow::never;

  Rights needed = rights::path_open;
  if (creates) needed |= rights::path_create_file;
  if ((open_flags & oflags::trunc) != 0) needed |= rights::path_filestat_set_size;
  const DescriptorRef directory = TRY(table.get_directory(fd, needed));

  base &= rights::all;
  inheriting &= rights::all;
  if (directory->read_only) {
    // C libraries ask for every right that an open file could use; only writing is meant.
    if ((base & rights::fd_write) != 0) return refuse(Errno::rofs);
    base &= ~rights::changing;
    inheriting &= ~rights::changing;
  }
  Rights inherited = base | inheriting;
  if ((fd_flags & fdflags::dsync) != 0) inherited |= rights::fd_datasync;
  if ((fd_flags & (fdflags::rsync | fdflags::sync)) != 0) inherited |= rights::fd_sync;
  if ((inherited & ~directory->inheriting) != 0) return refuse(Errno::notcapable);

  Place place;
  TRY(find(*this, call, *directory, path, follow, place));
  if (creates && place.must_be_directory) return refuse(Errno::isdir);
  platform::OpenOptions options = options_of(base, open_flags, fd_flags, place.must_be_directory);
  auto file = platform::open_at(place.directory, place.name, options);
  if (!file && options.write && !options.truncate && (base & rights::fd_write) == 0) {
    // The rights to change a file's size were asked for on the way.
    const FileError error = file.error();
    if (error == FileError::isdir || error == FileError::acces || error == FileError::rofs ||
        error == FileError::perm || error == FileError::txtbsy) {
      base &= ~(rights::fd_allocate | rights::fd_filestat_set_size);
      options.write = false;
      file = platform::open_at(place.directory, place.name, options);
    }
  }
  if (!file) return refuse(file.error());

  const platform::FileStat stat = TRY(platform::stat(file->get()));
  DescriptorRef made = TRY(make_descriptor(allocator, stat.type));
  made->handle = file->release();
  made->owned = true;
  made->read_only = directory->read_only;
  made->base = base & rights_of(stat.type, made->handle);
  if (stat.type == FileType::directory) made->inheriting = inheriting;
  made->flags = static_cast<uint16_t>(fd_flags);
  return call.memory.write(opened, TRY(table.insert(std::move(made))));
}

Status Process::path_create_directory(Call& call, Fd fd, Path path) {
  const DescriptorRef directory = TRY(table.get_directory(fd, rights::path_create_directory));
  Place place;
  TRY(find(*this, call, *directory, path, Follow::never, place));
  TRY(platform::create_directory_at(place.directory, place.name));
  return {};
}

Status Process::path_filestat_get(Call& call, Fd fd, uint32_t lookup, Path path,
                                  Ptr<FileStat> stat) {
  const DescriptorRef directory = TRY(table.get_directory(fd, rights::path_filestat_get));
  Place place;
  TRY(find(*this, call, *directory, path, TRY(follow_of(lookup)), place));
  return write_filestat(call, stat, TRY(stat_place(place)));
}

Status Process::path_filestat_set_times(Call& call, Fd fd, uint32_t lookup, Path path,
                                        uint64_t access, uint64_t modify, uint32_t flags) {
  const DescriptorRef directory = TRY(table.get_directory(fd, rights::path_filestat_set_times));
  const NewTimes times = TRY(new_times(access, modify, flags));
  Place place;
  TRY(find(*this, call, *directory, path, TRY(follow_of(lookup)), place));
  if (place.must_be_directory) TRY(stat_place(place));
  TRY(platform::set_times_at(place.directory, place.name, times.access, times.modify));
  return {};
}

Status Process::path_link(Call& call, Fd old_fd, uint32_t lookup, Path old_path, Fd new_fd,
                          Path new_path) {
  const DescriptorRef old_directory = TRY(table.get_directory(old_fd, rights::path_link_source));
  const DescriptorRef new_directory = TRY(table.get_directory(new_fd, rights::path_link_target));
  Place from;
  TRY(find(*this, call, *old_directory, old_path, TRY(follow_of(lookup)), from));
  Place to;
  TRY(find(*this, call, *new_directory, new_path, Follow::never, to));
  if (from.must_be_directory) TRY(stat_place(from));
  TRY(check_new_name(to));
  TRY(platform::link_at(from.directory, from.name, to.directory, to.name));
  return {};
}

Status Process::path_readlink(Call& call, Fd fd, Path path, Bytes buffer, Ptr<uint32_t> size) {
  TRY(call.memory.check(size));
  TRY(call.memory.check(buffer));
  const DescriptorRef directory = TRY(table.get_directory(fd, rights::path_readlink));
  Place place;
  TRY(find(*this, call, *directory, path, Follow::before_slash, place));
  if (place.must_be_directory) TRY(stat_place(place));
  char target[4096];
  const size_t length = TRY(platform::read_link_at(place.directory, place.name, target));
  const size_t fits = std::min<size_t>(length, buffer.count);
  if (fits != 0) std::memcpy(TRY(call.memory.bytes(buffer.address, fits)), target, fits);
  return call.memory.write(size, static_cast<uint32_t>(fits));
}

Status Process::path_remove_directory(Call& call, Fd fd, Path path) {
  const DescriptorRef directory = TRY(table.get_directory(fd, rights::path_remove_directory));
  Place place;
  TRY(find(*this, call, *directory, path, Follow::never, place));
  TRY(platform::remove_directory_at(place.directory, place.name));
  return {};
}

Status Process::path_rename(Call& call, Fd old_fd, Path old_path, Fd new_fd, Path new_path) {
  const DescriptorRef old_directory = TRY(table.get_directory(old_fd, rights::path_rename_source));
  const DescriptorRef new_directory = TRY(table.get_directory(new_fd, rights::path_rename_target));
  Place from;
  TRY(find(*this, call, *old_directory, old_path, Follow::never, from));
  Place to;
  TRY(find(*this, call, *new_directory, new_path, Follow::never, to));
  // A slash behind either name says that what is moved is a directory.
  from.must_be_directory |= to.must_be_directory;
  if (from.must_be_directory) TRY(stat_place(from));
  TRY(platform::rename_at(from.directory, from.name, to.directory, to.name));
  return {};
}

Status Process::path_symlink(Call& call, Path target, Fd fd, Path path) {
  const DescriptorRef directory = TRY(table.get_directory(fd, rights::path_symlink));
  PathText text;
  TRY(text.read(call, target));
  // It could not be followed here, and must not be followed anywhere else.
  if (text.view().starts_with('/')) return refuse(Errno::notcapable);
  Place place;
  TRY(find(*this, call, *directory, path, Follow::never, place));
  TRY(check_new_name(place));
  TRY(platform::symlink_at(text.c_str(), place.directory, place.name));
  return {};
}

Status Process::path_unlink_file(Call& call, Fd fd, Path path) {
  const DescriptorRef directory = TRY(table.get_directory(fd, rights::path_unlink_file));
  Place place;
  TRY(find(*this, call, *directory, path, Follow::never, place));
  if (place.must_be_directory) {
    TRY(stat_place(place));
    return refuse(Errno::isdir);
  }
  TRY(platform::remove_file_at(place.directory, place.name));
  return {};
}

} // namespace waxwing::wasi
