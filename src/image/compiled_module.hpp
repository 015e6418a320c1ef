// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "image/image.hpp"
#include "runtime/loaded_module.hpp"
#include "runtime/store.hpp"

namespace waxwing::image {

/// An image whose code is in place, and the module that it belongs to. `LoadedModule::image` of
/// that module; shared by all its instances, stores and threads.
class CompiledModule : public runtime::NativeCode {
 public:
  CompiledModule(const Allocator& from, const Image& image, Placement placement);
  ~CompiledModule();
  CompiledModule(const CompiledModule&) = delete;

  [[nodiscard]] static CompiledModule& of(const runtime::LoadedModule& module) {
    return *static_cast<CompiledModule*>(module.image);
  }

  /// Puts the code where it can run.
  [[nodiscard]] Result<void> place();
  /// Compares the image with its module, which has been decoded.
  [[nodiscard]] Result<void> agree(const Module& module) const;

  [[nodiscard]] const Image& image() const { return image_; }
  [[nodiscard]] const void* code(uint32_t offset) const { return image_.code + offset; }
  [[nodiscard]] uint32_t offset_of(uintptr_t pc) const {
    return static_cast<uint32_t>(pc - reinterpret_cast<uintptr_t>(image_.code));
  }
  [[nodiscard]] const FunctionEntry* entry(uint32_t function) const {
    return reinterpret_cast<const FunctionEntry*>(image_.functions.address(function));
  }

  const Allocator& allocator;
  runtime::LoadedModule* module = nullptr;
  /// The engine's own backend runs the functions that have no code here.
  bool has_fallback = false;

 private:
  [[nodiscard]] Result<void> make_executable();
  [[nodiscard]] Result<void> copy();

  Image image_;
  Placement placement_;
  /// Pages of its own with the whole image, where it can't run in place.
  std::span<uint8_t> copy_;
};

} // namespace waxwing::image
