// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "api/convert.hpp"
#include "api/linker.hpp"

namespace waxwing::inline v0 {

namespace {

using platform::FileError;

/// WASI in a store: the core's side of it, and the host's functions that it calls.
struct WasiState {
  explicit WasiState(const core::Allocator& allocator) : guest(allocator) {}

  /// Streams by number; the core knows those that are callbacks.
  std::array<Stream, 3> streams;
  std::array<wasi::HostStream, 3> host_streams{};
  std::function<uint64_t(ClockId)> clock;
  std::function<bool(std::span<std::byte>)> random;
  wasi::Wasi guest;
};

platform::FileResult<size_t> moved(std::optional<size_t> count, size_t size) {
  if (!count || *count > size) return std::unexpected(FileError::io);
  return *count;
}

platform::FileResult<size_t> read_stream(void* context, std::span<char> bytes) {
  const auto& read = static_cast<const Stream*>(context)->read();
  return moved(read(bytes), bytes.size());
}

platform::FileResult<size_t> write_stream(void* context, std::span<const char> bytes) {
  const auto& write = static_cast<const Stream*>(context)->write();
  return moved(write(bytes), bytes.size());
}

bool read_clock(void* context, platform::Clock clock, uint64_t& nanoseconds) {
  const auto id = static_cast<ClockId>(clock);
  nanoseconds = static_cast<const WasiState*>(context)->clock(id);
  return true;
}

bool fill_random(void* context, void* bytes, size_t size) {
  return static_cast<const WasiState*>(context)->random({static_cast<std::byte*>(bytes), size});
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

/// What `Wasi::configure` has refused.
Error wasi_error(const core::Error& wrong, const WasiConfig& config) {
  if (wrong.code != core::ErrorCode::io_error)
    return impl::make_error(impl::kind_of(wrong.code), describe::error_text(wrong));
  const char* reason = platform::file_error_text(static_cast<FileError>(wrong.a));
  if (wrong.offset < config.dirs.size()) {
    Error error = impl::make_error(ErrorKind::io,
                                   fmt::format("{}: {}", config.dirs[wrong.offset].host, reason));
    error.directory = wrong.offset;
    return error;
  }
  return impl::make_error(ErrorKind::io, fmt::format("WASI cannot be set up: {}", reason));
}

} // namespace

Stream Stream::inherit() {
  Stream stream;
  stream.kind_ = Kind::inherited;
  return stream;
}

Stream Stream::descriptor(int descriptor) {
  Stream stream;
  stream.kind_ = Kind::descriptor;
  stream.descriptor_ = descriptor;
  return stream;
}

Stream Stream::reader(Read read) {
  Stream stream;
  stream.kind_ = Kind::callbacks;
  stream.read_ = std::move(read);
  return stream;
}

Stream Stream::writer(Write write) {
  Stream stream;
  stream.kind_ = Kind::callbacks;
  stream.write_ = std::move(write);
  return stream;
}

Stream Stream::input(std::string text) {
  return reader([text = std::move(text), at = size_t{0}](std::span<char> bytes) mutable {
    const size_t size = std::min(bytes.size(), text.size() - at);
    std::memcpy(bytes.data(), text.data() + at, size);
    at += size;
    return std::optional(size);
  });
}

Stream Stream::output(std::shared_ptr<std::string> buffer, size_t limit) {
  return writer([buffer = std::move(buffer), limit](std::span<const char> bytes) {
    const size_t room = limit - std::min(limit, buffer->size());
    // A full one is an error; what still fits is taken first.
    if (room == 0 && !bytes.empty()) return std::optional<size_t>();
    const size_t size = std::min(room, bytes.size());
    buffer->append(bytes.data(), size);
    return std::optional(size);
  });
}

Result<void> Linker::wasi(const WasiConfig& config) {
  impl::StoreState& store = *state_->store;
  auto state = std::make_shared<WasiState>(store.engine->engine.allocator());
  state->streams = {config.in, config.out, config.err};
  state->clock = config.clock;
  state->random = config.random;

  wasi::WasiConfig out;
  const std::vector<std::string_view> args = views(config.args);
  std::vector<std::string> settings;
  for (const auto& [name, value] : config.env) {
    if (name.empty() || name.find('=') != std::string::npos)
      return impl::refuse(ErrorKind::usage,
                          fmt::format("'{}' is no name of an environment variable", name));
    settings.push_back(fmt::format("{}={}", name, value));
  }
  const std::vector<std::string_view> env = views(settings);
  std::vector<wasi::Preopen> preopens;
  preopens.reserve(config.dirs.size());
  for (const Directory& dir : config.dirs)
    preopens.push_back(
        {.host_path = dir.host, .guest_path = dir.guest, .read_only = dir.read_only});
  std::vector<platform::Handle> sockets;
  sockets.reserve(config.sockets.size());
  for (const int socket : config.sockets) sockets.push_back({socket});
  out.args = args;
  out.env = env;
  out.preopens = preopens;
  out.sockets = sockets;
  out.max_descriptors = config.max_descriptors;
  for (size_t i = 0; i < state->streams.size(); ++i) {
    Stream& stream = state->streams[i];
    out.stdio[i] = platform::Handle::none;
    switch (stream.kind()) {
    case Stream::Kind::closed: break;
    case Stream::Kind::inherited:
      out.stdio[i] = platform::standard_stream(static_cast<unsigned>(i));
      break;
    case Stream::Kind::descriptor: out.stdio[i] = {stream.descriptor()}; break;
    case Stream::Kind::callbacks:
      state->host_streams[i] = {.read = stream.read() ? &read_stream : nullptr,
                                .write = stream.write() ? &write_stream : nullptr,
                                .context = &stream};
      out.host_streams[i] = &state->host_streams[i];
      break;
    }
  }
  if (state->clock) out.clock = {&read_clock, state.get()};
  if (state->random) out.random = {&fill_random, state.get()};

  if (auto configured = state->guest.configure(out); !configured)
    return std::unexpected(wasi_error(configured.error(), config));
  if (auto defined = state->guest.define(state_->linker); !defined)
    return impl::refuse(defined.error());
  store.shared_functions.emplace_back(
      [guest = &state->guest](runtime::Linker& linker) { return guest->define(linker); });
  store.attached.push_back(std::move(state));
  return {};
}

} // namespace waxwing::inline v0
