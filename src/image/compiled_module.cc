// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "image/compiled_module.hpp"

#include <algorithm>

#include "base/bits.hpp"
#include "image/native.hpp"
#include "image/trace_file.hpp"
#include "platform/memory.hpp"

namespace waxwing::image {

CompiledModule::CompiledModule(const Allocator& from, const Image& image, Placement placement)
    : NativeCode{0, 0, &image::resume}, allocator(from), image_(image), placement_(placement) {}

CompiledModule::~CompiledModule() {
  if (!copy_.empty()) platform::release(copy_.data(), copy_.size());
}

Result<void> CompiledModule::place() {
  if (placement_ != Placement::linked) TRY(make_executable());
  begin = reinterpret_cast<uintptr_t>(image_.code) + image_.header.text_offset;
  end = begin + image_.header.text_size;
  return {};
}

Result<void> CompiledModule::make_executable() {
  const Header& h = image_.header;
  // Where nothing is mapped, code lies as its target wants it.
  const size_t page = std::min<size_t>(platform::page_size(), image_.target->page);
  const bool on_pages = placement_ == Placement::in_place &&
                        reinterpret_cast<uintptr_t>(image_.code) % page == 0 &&
                        h.text_offset % page == 0;
  // The rest of the last page of the text belongs to it.
  const size_t size = align_up(size_t{h.text_size}, page);
  if (on_pages && platform::make_executable(image_.code + h.text_offset, size)) return {};
  return copy();
}

Result<void> CompiledModule::copy() {
  const size_t page = platform::page_size();
  const size_t text = image_.header.text_offset / page * page;
  const size_t size = align_up(image_.bytes.size(), page);
  auto* memory = static_cast<uint8_t*>(platform::allocate_pages(size));
  if (memory == nullptr) return out_of_memory();
  copy_ = {memory, size};
  std::memcpy(memory, image_.bytes.data(), image_.bytes.size());
  const size_t text_end =
      align_up<size_t>(size_t{image_.header.text_offset} + image_.header.text_size, page);
  if (!platform::make_executable(memory + text, text_end - text))
    return fail(ErrorCode::image_not_executable);
  // Entries of functions are found from their own addresses.
  const Image before = image_;
  const Result<Image> moved = read({memory, before.bytes.size()});
  if (!moved) return std::unexpected(moved.error());
  image_ = *moved;
  if (!before.trace.empty()) TRY(join_trace_file(image_, before.trace));
  return {};
}

Result<void> CompiledModule::agree(const Module& m) const {
  const auto differs = [](uint32_t have, size_t want) {
    return fail(ErrorCode::image_module_mismatch, 0, have, static_cast<uint32_t>(want));
  };
  const size_t own = m.functions.size() - m.imported_functions;
  if (image_.functions.size() != own) return differs(image_.functions.size(), own);
  if (image_.memories.size() != m.memories.size())
    return differs(image_.memories.size(), m.memories.size());
  constexpr uint8_t kUsualPage = 16;
  for (uint32_t i = 0; i < m.memories.size(); ++i) {
    const bool guarded = image_.memories[i].access == static_cast<uint32_t>(MemoryAccess::guarded);
    if (guarded && (m.memories[i].limits.is64 || m.memories[i].page_log2 != kUsualPage ||
                    (image_.header.required & required::guarded_memories) == 0))
      return differs(i, m.memories.size());
  }
  const bool whole = (image_.header.optional & optional::whole_module) != 0;
  for (uint32_t i = 0; i < own; ++i) {
    const FuncIndex function = m.imported_functions + i;
    // What nothing refers to may have been inlined away.
    const bool is_needed = m.is_declared(function) || (m.has_start && m.start == function);
    if (!whole && is_needed && image_.functions[i].native == 0) return differs(i, own);
  }
  if (image_.last_function >= m.functions.size() && image_.last_function != 0)
    return differs(image_.last_function, m.functions.size());
  for (uint32_t i = 0; i < image_.chains.size(); ++i)
    if (image_.chains[i].function >= m.functions.size())
      return differs(image_.chains[i].function, m.functions.size());
  return {};
}

} // namespace waxwing::image
