// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules out of compiled images. Apart from the rest, so that those who use none link none of it.
#include <fmt/format.h>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

namespace {

using impl::ModuleState;

Result<Module> take(std::shared_ptr<ModuleState> state) {
  return ModuleState::load_image(std::move(state));
}

} // namespace

Result<Module> Module::from_image(const Engine& engine, std::span<const std::byte> bytes,
                                  const ModuleOptions& options) {
  auto state = std::make_shared<ModuleState>(impl::EngineState::of(engine), options.name);
  state->hold(bytes, options);
  return take(std::move(state));
}

Result<Module> Module::from_image_file(const Engine& engine, const std::string& path) {
  auto state = std::make_shared<ModuleState>(impl::EngineState::of(engine), path);
  if (const platform::FileStatus status = state->file.open(path.c_str());
      status != platform::FileStatus::ok)
    return impl::refuse(ErrorKind::io, fmt::format("{}: {}", path, impl::reason(status)));
  state->bytes = state->file.bytes();
  state->private_pages = true;
  return take(std::move(state));
}

Result<Module> Module::with_code(std::span<const std::byte> image,
                                 std::shared_ptr<const void> owner, bool private_pages) const {
  auto state = std::make_shared<ModuleState>(state_->engine, state_->name);
  state->origin = state_;
  state->hold(image, {.name = state_->name,
                      .owner = std::move(owner),
                      .find_lines = state_->find_lines,
                      .private_pages = private_pages});
  return take(std::move(state));
}

bool Module::is_image(std::span<const std::byte> bytes) {
  return image::is_image({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

namespace impl {

Result<Module> ModuleState::load_image(std::shared_ptr<ModuleState> state) {
  const std::span<const uint8_t> whole = state->bytes;
  const auto read = image::read(whole);
  auto loaded =
      read ? image::load(state->engine->engine, whole, false,
                         state->private_pages ? image::Placement::in_place : image::Placement::copy)
           : std::expected<runtime::LoadedModule*, core::Error>(std::unexpected(read.error()));
  if (!loaded) {
    const core::Error& wrong = loaded.error();
    if (std::string text = describe::image_error_text(whole, wrong); !text.empty())
      return std::unexpected(make_error(wrong.code, fmt::format("{}: {}", state->name, text)));
    // What is left is about the module inside.
    state->is_image = true;
    state->bytes = read->module;
    return std::unexpected(state->error(wrong));
  }
  state->is_image = true;
  state->bytes = read->module;
  state->loaded = *loaded;
  return Module(std::move(state));
}

} // namespace impl
} // namespace waxwing::inline v0
