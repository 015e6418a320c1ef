// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <type_traits>

#include "runtime/engine.hpp"
#include "runtime/memory_image.hpp"

namespace waxwing::runtime {

/// What a module that was compiled before brings along.
struct Precompiled {
  /// Of the image's room; it may hand functions on to the engine's own.
  const Backend& backend;
  /// Becomes `LoadedModule::image`. Its owner from a successful load on is the backend.
  void* image;
  /// The module's bytes have no code section.
  bool has_no_code;
  /// The file that it came in, if that can be mapped.
  ModuleFile file = {};
};

/// A module made ready for an engine: decoded, validated (or to be validated body by body), its
/// types entered in the registry. Immutable but for lazy work inside the backend; shared by stores
/// and threads; reference-counted.
class LoadedModule {
 public:
  /// Decodes and validates `bytes`, which the caller keeps until the last reference is gone. The
  /// caller holds the one reference of the result.
  [[nodiscard]] static Result<LoadedModule*> load(Engine& engine, std::span<const uint8_t> bytes);

  /// The same for a module out of an image. Bodies that are there are checked when they are called.
  [[nodiscard]] static Result<LoadedModule*> load(Engine& engine, std::span<const uint8_t> bytes,
                                                  const Precompiled& precompiled);

  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release();

  [[nodiscard]] Engine& engine() const { return engine_; }
  [[nodiscard]] const Module& module() const { return module_; }
  [[nodiscard]] const RuntimeType* type(TypeIndex index) const { return types_[index]; }
  [[nodiscard]] std::span<const RuntimeType* const> types() const { return types_.span(); }
  [[nodiscard]] const RuntimeType* function_type(FuncIndex f) const {
    return types_[module_.functions[f].type];
  }
  /// Whether bodies still have to be checked before they are translated.
  [[nodiscard]] bool validates_lazily() const { return validates_lazily_; }

  /// What memory 0 starts with, for `Memory::show_image`; `file` is -1 where there is no such
  /// image, as where there is little to copy. Where the module's own file doesn't serve, it is made
  /// for the second instance (or when the first is reset).
  [[nodiscard]] MemoryImage memory_image() { return images_.get(module_); }
  /// Whether the file of `Precompiled` is needed once the module is loaded.
  [[nodiscard]] bool shows_file() const { return images_.shows_file(); }

  /// What runs its functions: the engine's, or that of the image that it came from.
  [[nodiscard]] const Backend& backend() const { return *backend_; }
  /// Whether function `index` of the module itself has code of an image.
  [[nodiscard]] bool is_compiled(FuncIndex index) const {
    return image != nullptr && backend_->is_compiled(*this, index);
  }

  /// The engine's backend's own.
  void* backend_data = nullptr;
  /// The image's, null where there is none.
  void* image = nullptr;

  explicit LoadedModule(Engine& engine)
      : engine_(engine), backend_(&engine.backend()), module_(engine.allocator()),
        types_(engine.allocator()) {}
  ~LoadedModule();

 private:
  [[nodiscard]] static Result<LoadedModule*> load(Engine& engine, std::span<const uint8_t> bytes,
                                                  const Precompiled* precompiled);
  [[nodiscard]] Result<void> prepare(std::span<const uint8_t> bytes);

  Engine& engine_;
  const Backend* backend_;
  Module module_;
  Vec<const RuntimeType*> types_;
  bool validates_lazily_ = false;
  /// The backend knows the module.
  bool is_prepared_ = false;
  std::atomic<uint32_t> references_{1};
  [[no_unique_address]] std::conditional_t<kMapsFiles, MemoryImages, NoMemoryImages> images_;
};

} // namespace waxwing::runtime
