// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/compiled_code.hpp"

#include <memory>
#include <optional>

#include "waxwing/compile_cache.hpp"
#include "waxwing/compiler_module.hpp"
#include "waxwing/message.hpp"
#include "waxwing/progress_line.hpp"

namespace waxwing::tool {

namespace {

/// What the options say to the compiler.
WaxCompileOptions compile_options(std::span<const std::byte> module, const RunOptions& options) {
  WaxCompileOptions wanted = compiler_options(options.code);
  wanted.module = reinterpret_cast<const uint8_t*>(module.data());
  wanted.module_size = module.size();
  wanted.wasm_features = options.features.bits();
  wanted.metering = options.fuel ? 1 : 0;
  wanted.deterministic = options.deterministic ? 1 : 0;
  if (!options.signals) {
    wanted.bounds_checks = WAX_BOUNDS_EXPLICIT;
    wanted.traps = WAX_TRAPS_CALL;
    wanted.interrupt = WAX_INTERRUPT_POLL;
  }
  return wanted;
}

} // namespace

std::expected<Module, int> with_compiled_code(const Module& module, const RunOptions& options) {
  WaxCompileOptions wanted = compile_options(module.bytes(), options);
  std::optional<CompileCache> cache;
  if (!options.cache.empty()) {
    cache.emplace(options.cache == kNotGiven ? std::string() : options.cache, wanted);
    if (!cache->error().empty()) return std::unexpected(error("--cache: {}", cache->error()));
    const auto kept = std::make_shared<platform::MappedFile>();
    if (const std::span<const uint8_t> image = cache->find(*kept); !image.empty())
      // One that can't be loaded is made anew.
      if (auto made = module.with_code(std::as_bytes(image), kept, /*private_pages=*/true); made)
        return std::move(*made);
  }
  const auto compiler = load_compiler();
  if (!compiler) return std::unexpected(compiler.error());
  ProgressLine line;
  wanted.progress = ProgressLine::hear;
  wanted.progress_context = &line;
  const auto image = std::make_shared<const Compiled>(
      **compiler, wanted, [&](uint32_t function) { return module.function_name(function); });
  line.clear();
  if (image->failed()) return std::unexpected(error("{}: {}", module.name(), image->error()));
  if (cache && !cache->put(image->bytes()))
    print_labelled("note", "--cache: what was compiled can't be kept");
  auto made = module.with_code(std::as_bytes(image->bytes()), image);
  if (!made) return std::unexpected(print_error(made.error().message));
  return std::move(*made);
}

} // namespace waxwing::tool
