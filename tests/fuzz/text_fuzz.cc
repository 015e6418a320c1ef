// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as text: as a module, which if it parses is decoded, validated (which so meets modules
// that are nearly right), printed and parsed again to the same text; and as a script. Bytes that
// look like a binary module join at decoding.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "support/counting_allocator.hpp"
#include "text/print.hpp"
#include "text/script.hpp"

namespace {

using namespace waxwing;

void round_trip(std::span<const uint8_t> bytes, testing::CountingAllocator& counting) {
  Module module(counting.allocator());
  FeatureSet features = FeatureSet::defaults();
  features.add(Feature::legacy_exceptions);
  // The text format has more than decoding takes: shared types, absurd sizes.
  if (!decode(bytes, features, module)) return;
  const bool valid = validate(module).has_value();
  const auto printed = text::print_module(module);
  if (!printed) {
    if (valid) std::abort();
    return;
  }
  const auto again = text::parse_module(*printed);
  if (!again) {
    std::fprintf(stderr, "%u:%u: %s in:\n%s\n", again.error().line, again.error().column,
                 again.error().message.c_str(), printed->c_str());
    std::abort();
  }
  // What an invalid module says is kept, but not always in the same words.
  if (!valid) return;
  Module second(counting.allocator());
  if (!decode(again->bytes, features, second)) std::abort();
  const auto reprinted = text::print_module(second);
  if (!reprinted || *reprinted != *printed) {
    std::fprintf(stderr, "printed:\n%s\nthen:\n%s\n", printed->c_str(),
                 reprinted ? reprinted->c_str() : "an error");
    std::abort();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  if (const auto binary = text::parse_module(source)) {
    testing::CountingAllocator counting;
    round_trip(binary->bytes, counting);
    if (counting.bytes() != 0) std::abort();
  }
  if (size != 0 && data[0] == 0) {
    testing::CountingAllocator counting;
    round_trip({data, size}, counting);
    if (counting.bytes() != 0) std::abort();
  }
  if (const auto script = text::read_script(std::string(source))) {
    for (const text::Command& command : script->commands())
      if (command.module.form != text::ScriptModule::Form::none)
        (void)script->binary(command.module);
  }
  return 0;
}
