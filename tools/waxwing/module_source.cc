// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/module_source.hpp"

#include <memory>
#include <utility>

#include "waxwing/file_kind.hpp"
#include "waxwing/message.hpp"

namespace waxwing::tool {

Features chosen_features(FeatureSet set) {
  Features out;
#define WAX_FEATURE(name, text, since, default_on)                                                 \
  if (set.has(Feature::name))                                                                      \
    out.enable(text);                                                                              \
  else                                                                                             \
    out.disable(text);
#include "wasm/feature.def"
#undef WAX_FEATURE
  return out;
}

int print_refusal(const std::string& path, size_t size, const Error& refused) {
  print_error(refused.message);
  switch (refused.kind) {
  case ErrorKind::text: advise_on_text(path); break;
  case ErrorKind::component: print_advice(component_advice(path)); break;
  case ErrorKind::feature_disabled:
    print_advice(fmt::format("--features=+{} allows it", refused.feature));
    break;
  case ErrorKind::malformed:
    if (refused.truncated && !refused.position) advise_on_end(size);
    break;
  default: break;
  }
  return kExitError;
}

std::expected<Module, int> load_module(const Engine& engine, const std::string& path, Images images,
                                       Error* why, FindLines find_lines) {
  auto opened = open_file(path, images == Images::taken);
  if (!opened) return std::unexpected(opened.error());
  const auto form = form_of(path, opened->bytes(), images);
  if (!form) return std::unexpected(form.error());
  if (*form != FileForm::image) opened->close_descriptor();
  // The module keeps the file, and is not copied.
  const auto file = std::make_shared<const platform::MappedFile>(std::move(*opened));
  const std::span<const std::byte> bytes = std::as_bytes(file->bytes());
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  ModuleOptions options{.name = path,
                        .owner = file,
                        .private_pages = true,
                        .image_file = file->descriptor(),
                        .folder = folder};
  if (*form != FileForm::text) options.find_lines = std::move(find_lines);
  auto load = [&]() -> Result<Module> {
    switch (*form) {
    case FileForm::binary: break;
    case FileForm::image: return Module::from_image(engine, bytes, options);
    case FileForm::text:
      return Module::from_text(engine, {reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                               options);
    }
    return Module::from_bytes(engine, bytes, options);
  };
  Result<Module> module = load();
  if (module) return std::move(*module);
  const int code = print_refusal(path, bytes.size(), module.error());
  if (why != nullptr) *why = std::move(module.error());
  return std::unexpected(code);
}

} // namespace waxwing::tool
