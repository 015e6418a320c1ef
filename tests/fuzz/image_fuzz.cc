// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as an image: refused, or loaded and looked up everywhere, without being run. Whoever
// reads a mutated image must not crash; machine code is not looked at.
#include <cstdint>

#include "image/image.hpp"
#include "image/sites.hpp"
#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "runtime/loaded_module.hpp"
#include "runtime/store.hpp"

using namespace waxwing;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const uint8_t> bytes(data, size);
  (void)image::is_image(bytes);
  const auto image = image::read(bytes);
  if (!image) return 0;
  (void)image::verify_checksum(*image);
  constexpr uint32_t kMost = 64;
  for (uint32_t i = 0; i < image->ranges.size() && i < kMost; ++i) {
    const image::CodeRange range = image->ranges[i];
    for (const uint32_t pc : {range.offset, range.offset + range.size / 2, range.offset + 1}) {
      bool found = false;
      const uint32_t index = image::find_range(*image, pc);
      if (index != image::kNoRange) {
        (void)image::find_site(*image, index, pc, true, found);
        (void)image::find_site(*image, index, pc, false, found);
      }
      (void)image::find_pad(*image, pc);
    }
  }
  runtime::Engine engine(platform::default_allocator(), {}, interp::backend());
  if (auto loaded = image::load(engine, bytes)) (*loaded)->release();
  return 0;
}
