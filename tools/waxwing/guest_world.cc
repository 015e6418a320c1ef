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
  world.args_.push_back(options.argv0 ? *options.argv0 : options.file);
  if (!options.invoke)
    world.args_.insert(world.args_.end(), options.arguments.begin(), options.arguments.end());
  for (const FolderOption& folder : options.folders)
    world.preopens_.push_back(
        {.host_path = folder.host, .guest_path = folder.guest, .read_only = folder.read_only});
  if (auto read = world.read_environment(); !read) return std::unexpected(read.error());
  if (auto opened = world.open_listeners(); !opened) return std::unexpected(opened.error());
  return world;
}

std::expected<void, int> GuestWorld::read_environment() {
  const auto name_of = [](std::string_view setting) {
    return setting.substr(0, setting.find('='));
  };
  if (options_->inherit_environment)
    for (const char* const* entry = platform::environment(); *entry != nullptr; ++entry)
      settings_.emplace_back(*entry);
  for (const std::string& entry : options_->environment) {
    std::string setting = entry;
    if (entry.find('=') == std::string::npos) {
      const char* value = std::getenv(entry.c_str());
      if (value == nullptr)
        return std::unexpected(error("--env {0}: there is no such variable here to pass on; "
                                     "{0}=VALUE sets one",
                                     entry));
      setting += fmt::format("={}", value);
    }
    // The last one of a name counts.
    std::erase_if(settings_,
                  [&](const std::string& old) { return name_of(old) == name_of(setting); });
    settings_.push_back(std::move(setting));
  }
  env_.assign(settings_.begin(), settings_.end());
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
    sockets_.push_back(socket->get());
    listeners_.push_back(std::move(*socket));
  }
  return {};
}

wasi::WasiConfig GuestWorld::config() const {
  wasi::WasiConfig config;
  config.args = args_;
  config.env = env_;
  config.preopens = preopens_;
  config.sockets = sockets_;
  return config;
}

int GuestWorld::explain(const Error& wrong) const {
  if (wrong.code == ErrorCode::io_error && wrong.offset < preopens_.size()) {
    const FolderOption& folder = options_->folders[wrong.offset];
    return error("--dir {}: {}: {}", folder.text, folder.host,
                 platform::file_error_text(static_cast<platform::FileError>(wrong.a)));
  }
  return error("WASI cannot be set up: out of memory");
}

} // namespace waxwing::tool
