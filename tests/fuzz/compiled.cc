// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <memory>

#include "compile/codegen.hpp"
#include "compile/job.hpp"
#include "fuzz/execute.hpp"
#include "image/image.hpp"

namespace waxwing::fuzz {

/// Compiles for this machine, in this process.
Load loader(unsigned level) {
  compile::initialize_targets();
  auto image = std::make_shared<std::vector<uint8_t>>();
  return [level, image](runtime::Engine& engine,
                        std::span<const uint8_t> module) -> Result<runtime::LoadedModule*> {
    WaxCompileOptions words{};
    words.optimization = level;
    words.metering = engine.config().metering ? 1 : 0;
    const auto options = compile::read_options(words);
    auto made = options ? compile::run_job(module, engine.config().features, *options, {})
                        : std::unexpected(options.error());
    if (!made) {
      std::fprintf(stderr, "%s (function %u)\n", made.error().text.c_str(), made.error().function);
      return fail(ErrorCode::image_target);
    }
    *image = std::move(made->image);
    return image::load(engine, *image);
  };
}

} // namespace waxwing::fuzz
