// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <cstring>
#include <string_view>

#include "wasi/process.hpp"

namespace waxwing::wasi {

namespace {

using platform::FileType;

/// One entry as the guest sees it; the name lasts until the next one is found.
struct Entry {
  std::string_view name;
  uint64_t inode = 0;
  FileType type = FileType::unknown;
};

/// Finds entry `number` of the stream; false past the end. Going back starts from the beginning.
[[nodiscard]] Expected<bool> find_in_stream(const Call& call, DirectoryReader& reader,
                                            uint64_t number, Entry& entry) {
  if (number + 1 != reader.position || !reader.has_last) {
    if (number < reader.position) {
      reader.stream.rewind();
      reader.position = 0;
    }
    do {
      platform::DirectoryEntry found{};
      reader.has_last = false;
      if (!TRY(reader.stream.next(found))) return false;
      // Longer ones cannot be opened.
      if (found.name_size > DirectoryReader::kMaxName) continue;
      reader.has_last = true;
      reader.last_inode = found.inode;
      reader.last_type = found.type;
      reader.last_size = found.name_size;
      std::memcpy(reader.last_name, found.name, found.name_size);
      ++reader.position;
      if (call.interrupted()) return refuse(Errno::intr);
    } while (reader.position <= number);
  }
  entry = {.name = {reader.last_name, reader.last_size},
           .inode = reader.last_inode,
           .type = reader.last_type};
  return true;
}

[[nodiscard]] Expected<bool> find_entry(const Call& call, Descriptor& directory, uint64_t cookie,
                                        Entry& entry) {
  if (cookie == 0) {
    const auto stat = TRY(platform::stat(directory.handle));
    entry = {.name = ".", .inode = stat.inode, .type = FileType::directory};
    return true;
  }
  if (cookie == 1) {
    // What is above may be outside of what the guest knows, so its inode is not told.
    entry = {.name = "..", .inode = 0, .type = FileType::directory};
    return true;
  }
  return find_in_stream(call, directory.directory, cookie - 2, entry);
}

} // namespace

Status Process::fd_readdir(Call& call, Fd fd, Bytes buffer, uint64_t cookie, Ptr<uint32_t> size) {
  TRY(call.memory.check(size));
  TRY(call.memory.check(buffer));
  const DescriptorRef directory = TRY(table.get_directory(fd, rights::fd_readdir));
  DirectoryReader& reader = directory->directory;
  const platform::LockGuard guard(reader.lock);
  if (!reader.stream.is_open()) TRY(reader.stream.open(directory->handle));
  if (cookie == 0) {
    // From the start means with what has come since.
    reader.stream.rewind();
    reader.position = 0;
    reader.has_last = false;
  }

  uint32_t used = 0;
  // What does not fit is cut off, which tells the guest that there is more.
  auto put = [&](const void* bytes, size_t count) -> Status {
    const size_t fits = std::min<size_t>(count, buffer.count - used);
    if (fits == 0) return {};
    std::memcpy(TRY(call.memory.bytes(uint64_t{buffer.address} + used, fits)), bytes, fits);
    used += static_cast<uint32_t>(fits);
    return {};
  };
  for (Entry entry; used < buffer.count && TRY(find_entry(call, *directory, cookie, entry));) {
    const Dirent head{.next = ++cookie,
                      .ino = entry.inode,
                      .name_length = static_cast<uint32_t>(entry.name.size()),
                      .type = filetype_of(entry.type),
                      .padding = {}};
    TRY(put(&head, sizeof head));
    TRY(put(entry.name.data(), entry.name.size()));
  }
  return call.memory.write(size, used);
}

} // namespace waxwing::wasi
