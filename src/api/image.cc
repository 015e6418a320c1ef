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
  if (const platform::FileStatus status = state->file.open(path.c_str(), /*keeps_open=*/true);
      status != platform::FileStatus::ok)
    return impl::refuse(ErrorKind::io, fmt::format("{}: {}", path, impl::reason(status)));
  state->bytes = state->file.bytes();
  state->private_pages = true;
  state->image_file = state->file.descriptor();
  const size_t slash = path.rfind('/');
  state->folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  return take(std::move(state));
}

Result<Module> Module::with_code(std::span<const std::byte> image,
                                 std::shared_ptr<const void> owner, bool private_pages,
                                 int image_file) const {
  auto state = std::make_shared<ModuleState>(state_->engine, state_->name);
  state->origin = state_;
  state->hold(image, {.name = state_->name,
                      .owner = std::move(owner),
                      .find_lines = state_->find_lines,
                      .private_pages = private_pages,
                      .image_file = image_file});
  return take(std::move(state));
}

bool Module::is_image(std::span<const std::byte> bytes) {
  return image::is_image({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

size_t Store::raw_trace(std::span<RawFrame> frames, const void* ucontext) const noexcept {
  constexpr size_t kMost = 64;
  image::RawFrame found[kMost];
  platform::MachineState at{};
  if (ucontext != nullptr) at = platform::machine_state(ucontext);
  const size_t count = image::capture(*state_->store, ucontext == nullptr ? nullptr : &at,
                                      std::span(found).first(std::min(frames.size(), kMost)));
  for (size_t i = 0; i < count; ++i)
    frames[i] = {found[i].module, found[i].function, found[i].offset, found[i].exact,
                 found[i].is_native};
  return count;
}

Frame Store::resolve(const RawFrame& frame) const {
  runtime::Frame core;
  core.module = static_cast<const runtime::LoadedModule*>(frame.module);
  core.function = frame.function;
  core.offset = frame.offset;
  core.exact = frame.exact;
  core.is_native = frame.is_native;
  return state_->frames_of({&core, 1}).front();
}

namespace impl {

/// The file that was split off an image and lies beside it; empty where it doesn't.
std::span<const uint8_t> ModuleState::open_trace_file(std::string_view called) {
  if (called.empty() || folder.empty() || called.find('/') != std::string_view::npos ||
      called.find('\0') != std::string_view::npos)
    return {};
  const std::string path = folder + "/" + std::string(called);
  if (trace_file.open(path.c_str()) != platform::FileStatus::ok) return {};
  return trace_file.bytes();
}

FrameValue frame_value(const image::FrameValue& from) {
  using Kind = image::FrameValueKind;
  FrameValue value;
  value.kind = from.is_param ? FrameValue::Kind::param : FrameValue::Kind::local;
  value.index = from.index;
  std::memcpy(value.bytes.data(), from.bytes, sizeof from.bytes);
  const auto read = [&]<class T>(T number) {
    std::memcpy(&number, from.bytes, sizeof number);
    return number;
  };
  switch (from.kind) {
  case Kind::i32:
    value.type = "i32";
    value.text = std::to_string(read(int32_t{}));
    break;
  case Kind::i64:
    value.type = "i64";
    value.text = std::to_string(read(int64_t{}));
    break;
  case Kind::f32:
    value.type = "f32";
    value.text = describe::f32_text(read(uint32_t{}));
    break;
  case Kind::f64:
    value.type = "f64";
    value.text = describe::f64_text(read(uint64_t{}));
    break;
  case Kind::v128:
    value.type = "v128";
    value.text = describe::v128_text(from.bytes);
    break;
  case Kind::reference:
    value.type = "ref";
    value.text = read(uintptr_t{}) == 0 ? "null" : "...";
    break;
  }
  return value;
}

namespace {

/// What frames of compiled code say beside where they are.
void put_frame_facts(StoreState& state, std::span<const runtime::Frame> from, Trap& trap) {
  for (const image::FrameValue& value : image::take_frame_values(*state.store))
    if (value.frame < trap.frames.size())
      trap.frames[value.frame].values.push_back(frame_value(value));
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i].module == nullptr || from[i].module->image == nullptr || !from[i].exact) continue;
    const uint32_t height =
        image::find_height(image::CompiledModule::of(*from[i].module).image(), from[i].offset);
    if (height != image::kNoHeight) trap.frames[i].operands = height;
  }
}

} // namespace

Result<Module> ModuleState::load_image(std::shared_ptr<ModuleState> state) {
  const std::span<const uint8_t> whole = state->bytes;
  const auto read = image::read(whole);
  auto loaded =
      read ? image::load(state->engine->engine, *read,
                         {.placement = state->private_pages ? image::Placement::in_place
                                                            : image::Placement::copy,
                          .file = state->image_file,
                          .trace = state->open_trace_file(read->trace_file)})
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
  state->add_frame_facts = &put_frame_facts;
  state->bytes = image::CompiledModule::of(**loaded).image().module;
  state->loaded = *loaded;
  if (!state->loaded->shows_file()) state->file.close_descriptor();
  return Module(std::move(state));
}

} // namespace impl
} // namespace waxwing::inline v0
