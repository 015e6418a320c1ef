// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi/wasi.hpp"

#include <cstring>

#include "runtime/linker.hpp"
#include "wasi/process.hpp"
#include "wasi/row.hpp"

namespace waxwing::wasi {

using platform::FileError;
using platform::FileType;

namespace {

[[nodiscard]] std::unexpected<Error> cannot_use(size_t index, FileError reason) {
  return fail(ErrorCode::io_error, index, static_cast<uint32_t>(reason));
}

[[nodiscard]] bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

[[nodiscard]] Result<void> append(Vec<char>& to, std::string_view text) {
  return to.append({text.data(), text.size()});
}

[[nodiscard]] Result<void> copy_strings(std::span<const std::string_view> from, StringList& to) {
  for (size_t i = 0; i < from.size(); ++i) {
    if (has_nul(from[i])) return cannot_use(i, FileError::inval);
    TRY(append(to.bytes, from[i]));
    TRY(to.bytes.push('\0'));
  }
  if (to.bytes.size() > UINT32_MAX) return cannot_use(from.size(), FileError::too_big);
  to.count = static_cast<uint32_t>(from.size());
  return {};
}

[[nodiscard]] Result<DescriptorRef> make(Process& process, FileType type) {
  auto made = make_descriptor(process.allocator, type);
  if (!made) return out_of_memory();
  return std::move(*made);
}

/// A stream or socket of the embedder as descriptor.
[[nodiscard]] Result<DescriptorRef> borrow(Process& process, size_t index,
                                           platform::Handle handle) {
  const auto stat = platform::stat(handle);
  if (!stat) return cannot_use(index, stat.error());
  const auto mode = platform::mode(handle);
  if (!mode) return cannot_use(index, mode.error());

  DescriptorRef made = TRY(make(process, stat->type));
  made->handle = handle;
  Rights base = rights_of(stat->type, handle);
  // A program whose input is a directory was not given what is in it.
  if (stat->type == FileType::directory) base = rights::fd_filestat_get;
  if (!mode->read) base &= ~rights::fd_read;
  if (!mode->write)
    base &= ~(rights::fd_write | rights::fd_datasync | rights::fd_allocate |
              rights::fd_filestat_set_size);
  made->base = base;
  if (made->is_socket()) made->inheriting = rights::socket;
  uint16_t flags = 0;
  if (mode->append) flags |= fdflags::append;
  if (mode->nonblocking) flags |= fdflags::nonblock;
  made->flags = flags;
  return made;
}

/// Functions of the embedder as descriptor: to the guest, a pipe.
[[nodiscard]] Result<DescriptorRef> make_stream(Process& process, const HostStream& host) {
  DescriptorRef made = TRY(make(process, FileType::pipe));
  made->host = &host;
  Rights base = rights::stream;
  if (host.read == nullptr) base &= ~rights::fd_read;
  if (host.write == nullptr) base &= ~(rights::fd_write | rights::fd_datasync);
  made->base = base;
  return made;
}

[[nodiscard]] Result<DescriptorRef> open_preopen(Process& process, size_t index,
                                                 const Preopen& preopen) {
  if (has_nul(preopen.host_path) || has_nul(preopen.guest_path))
    return cannot_use(index, FileError::inval);
  Vec<char> path(process.allocator);
  TRY(append(path, preopen.host_path));
  TRY(path.push('\0'));
  auto opened = platform::open_root(path.data());
  if (!opened) return cannot_use(index, opened.error());

  DescriptorRef made = TRY(make(process, FileType::directory));
  made->handle = opened->release();
  made->owned = true;
  made->is_preopen = true;
  made->read_only = preopen.read_only;
  const Rights allowed = preopen.read_only ? ~rights::changing : ~Rights{0};
  made->base = rights::directory & allowed;
  made->inheriting = rights::all & allowed;
  TRY(append(made->preopen_name, preopen.guest_path));
  return made;
}

[[nodiscard]] Result<void> insert(Process& process, size_t fd, size_t index,
                                  DescriptorRef descriptor) {
  const auto inserted = process.table.insert_at(static_cast<Fd>(fd), std::move(descriptor));
  if (inserted) return {};
  if (inserted.error() == Errno::nomem) return out_of_memory();
  return cannot_use(index, FileError::mfile);
}

} // namespace

const runtime::Memory* memory_of(runtime::Instance* caller) {
  runtime::Extern found;
  if (caller == nullptr || !caller->find_export("memory", found)) return nullptr;
  return found.kind == ExternKind::memory ? found.memory : nullptr;
}

Wasi::~Wasi() { destroy(allocator_, process_); }

Result<void> Wasi::configure(const WasiConfig& config) {
  destroy(allocator_, process_);
  process_ = create<Process>(allocator_, allocator_);
  if (process_ == nullptr) return out_of_memory();
  Process& process = *process_;
  process.table.set_max(config.max_descriptors);
  process.path_search = config.path_search;
  TRY(copy_strings(config.args, process.args));
  TRY(copy_strings(config.env, process.env));

  process.clock = config.clock;
  process.random = config.random;

  for (size_t i = 0; i < config.stdio.size(); ++i) {
    if (const HostStream* host = config.host_streams[i]; host != nullptr) {
      TRY(insert(process, i, i, TRY(make_stream(process, *host))));
      continue;
    }
    if (config.stdio[i] == platform::Handle::none) continue;
    auto stream = borrow(process, i, config.stdio[i]);
    // A process may have been started without one of them.
    if (!stream && stream.error().code == ErrorCode::io_error) continue;
    if (!stream) return std::unexpected(stream.error());
    TRY(insert(process, i, i, std::move(*stream)));
  }
  size_t next = config.stdio.size();
  for (size_t i = 0; i < config.preopens.size(); ++i)
    TRY(insert(process, next++, i, TRY(open_preopen(process, i, config.preopens[i]))));
  for (size_t i = 0; i < config.sockets.size(); ++i) {
    const size_t index = config.preopens.size() + i;
    TRY(insert(process, next++, index, TRY(borrow(process, index, config.sockets[i]))));
  }
  return {};
}

Result<void> Wasi::define(runtime::Linker& linker, const FunctionRow& row) {
  TRY(linker.define_function("wasi_snapshot_preview1", row.name, row.params, row.results,
                             row.snapshot1, process_));
  return linker.define_function("wasi_unstable", row.name, row.params, row.results, row.unstable,
                                process_);
}

Result<void> Wasi::define(runtime::Linker& linker) {
  static constexpr FunctionRow kRows[] = {
#define WAX_WASI(result, name, parameters) function_row<&Process::name>(#name),
#include "wasi/functions.def"
#undef WAX_WASI
  };
  for (const FunctionRow& row : kRows) TRY(define(linker, row));
  return {};
}

} // namespace waxwing::wasi
