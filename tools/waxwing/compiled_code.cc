// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/compiled_code.hpp"

#include <fmt/format.h>
#include <memory>
#include <optional>

#include "waxwing/compile_cache.hpp"
#include "waxwing/message.hpp"
#include "waxwing/progress_line.hpp"

namespace waxwing::tool {

waxwing::CompileOptions compile_options(const CodeOptions& options) {
  waxwing::CompileOptions out;
  out.cpu = options.cpu;
  out.cpu_features = options.cpu_features;
  out.small = options.level == 's';
  if (!out.small) out.level = static_cast<unsigned>(options.level - '0');
  out.explicit_bounds_checks = options.explicit_checks;
  out.calling_traps = options.call_traps;
  out.polling = options.polls;
  const bool has_frames = options.wants_frames || options.frame_fields;
  out.trace = has_frames ? TraceMode::frames : options.trace.value_or(TraceMode::automatic);
  out.frame_fields = options.frame_fields.value_or(frame_field::usual);
  out.threads = static_cast<unsigned>(options.jobs);
  return out;
}

int print_processors(const CodeOptions& options, const std::string& target) {
  const auto list = options.cpu == "help" ? compile_cpus(target) : compile_cpu_features(target);
  if (!list) return print_error(list.error().message);
  fmt::print("{}", *list);
  return 0;
}

Result<Compiled> compile_visibly(const Module& module, waxwing::CompileOptions options) {
  ProgressLine line;
  options.progress = [&line](const CompileProgress& progress) {
    line.show(progress.done, progress.total, progress.code_bytes);
    return true;
  };
  return compile(module, options);
}

std::expected<Module, int> with_compiled_code(const Module& module, const RunOptions& options) {
  waxwing::CompileOptions wanted = compile_options(options.code);
  wanted.debug_info = options.debug;
  std::optional<CompileCache> cache;
  if (!options.cache.empty()) {
    cache.emplace(options.cache == kNotGiven ? std::string() : options.cache,
                  compile_key(module, wanted), module.bytes());
    if (!cache->error().empty()) return std::unexpected(error("--cache: {}", cache->error()));
    const auto kept = std::make_shared<platform::MappedFile>();
    if (const std::span<const std::byte> image = cache->find(*kept); !image.empty())
      // One that can't be loaded is made anew.
      if (auto made = module.with_code(image, kept, /*private_pages=*/true, kept->descriptor());
          made)
        return std::move(*made);
  }
  const Result<Compiled> image = compile_visibly(module, wanted);
  if (!image) return std::unexpected(print_error(image.error().message));
  if (cache && !cache->put(image->bytes()))
    print_labelled("note", "--cache: what was compiled can't be kept");
  auto made = module.with_code(image->bytes(), image->owner());
  if (!made) return std::unexpected(print_error(made.error().message));
  return std::move(*made);
}

} // namespace waxwing::tool
