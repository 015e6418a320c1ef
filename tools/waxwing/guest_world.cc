// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/guest_world.hpp"

#include <algorithm>
#include <cstdlib>

#include "platform/environment.hpp"
#include "platform/socket.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

std::expected<GuestWorld, int> GuestWorld::make(const RunOptions& options) {
  GuestWorld world(options);
  if (options.deterministic) world.fixed_ = std::make_unique<FixedInputs>();
  if (auto read = world.read_environment(); !read) return std::unexpected(read.error());
  if (auto opened = world.open_listeners(); !opened) return std::unexpected(opened.error());
  return world;
}

std::expected<void, int> GuestWorld::read_environment() {
  const auto add = [this](std::string_view setting) {
    const size_t equals = setting.find('=');
    const std::string_view name = setting.substr(0, equals);
    // The last one of a name counts.
    std::erase_if(settings_, [&](const auto& old) { return old.first == name; });
    settings_.emplace_back(name, setting.substr(equals + 1));
  };
  if (options_->inherit_environment)
    for (const char* const* entry = platform::environment(); *entry != nullptr; ++entry) {
      // There may be anything in it; what is no NAME=VALUE means nothing to a program.
      const std::string_view setting = *entry;
      if (const size_t equals = setting.find('='); equals != 0 && equals != std::string_view::npos)
        add(setting);
    }
  for (const std::string& entry : options_->environment) {
    if (entry.find('=') != std::string::npos) {
      add(entry);
      continue;
    }
    const char* value = std::getenv(entry.c_str());
    if (value == nullptr)
      return std::unexpected(error("--env {0}: there is no such variable here to pass on; "
                                   "{0}=VALUE sets one",
                                   entry));
    add(fmt::format("{}={}", entry, value));
  }
  return {};
}

std::expected<void, int> GuestWorld::open_listeners() {
  for (const ListenOption& listen : options_->listen) {
    auto socket = platform::listen_tcp(listen.host.c_str(), listen.port);
    if (!socket) {
      if (socket.error() == platform::FileError::inval)
        return std::unexpected(error("--tcplisten {}: '{}' is not an address: write one such as "
                                     "127.0.0.1, ::1 or localhost",
                                     listen.text, listen.host));
      return std::unexpected(
          error("--tcplisten {}: {}", listen.text, platform::file_error_text(socket.error())));
    }
    if (listen.port == 0)
      if (const auto port = platform::local_port(socket->get()))
        print_labelled("note", fmt::format("listening at {}, port {}", listen.host, *port));
    listeners_.push_back(std::move(*socket));
  }
  return {};
}

WasiConfig GuestWorld::config() const {
  WasiConfig config;
  config.inherit_streams();
  config.args.push_back(options_->argv0 ? *options_->argv0 : options_->file);
  if (!options_->invoke)
    config.args.insert(config.args.end(), options_->arguments.begin(), options_->arguments.end());
  config.env = settings_;
  for (const FolderOption& folder : options_->folders)
    config.dirs.push_back(
        {.host = folder.host, .guest = folder.guest, .read_only = folder.read_only});
  for (const platform::OwnedHandle& listener : listeners_)
    config.sockets.push_back(listener.get().value);
  if (fixed_ != nullptr) {
    config.clock = [fixed = fixed_.get()](ClockId clock) { return fixed->read_clock(clock); };
    config.random = [fixed = fixed_.get()](std::span<std::byte> bytes) {
      fixed->fill(bytes);
      return true;
    };
  }
  return config;
}

int GuestWorld::explain(const Error& wrong) const {
  if (wrong.directory)
    return error("--dir {}: {}", options_->folders[*wrong.directory].text, wrong.message);
  if (wrong.kind == ErrorKind::usage) return error("--env: {}", wrong.message);
  return print_error(wrong.message);
}

} // namespace waxwing::tool
