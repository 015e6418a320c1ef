// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/loaded_module.hpp"

namespace waxwing::runtime {

Result<LoadedModule*> LoadedModule::load(Engine& engine, std::span<const uint8_t> bytes) {
  return load(engine, bytes, nullptr);
}

Result<LoadedModule*> LoadedModule::load(Engine& engine, std::span<const uint8_t> bytes,
                                         const Precompiled& precompiled) {
  return load(engine, bytes, &precompiled);
}

Result<LoadedModule*> LoadedModule::load(Engine& engine, std::span<const uint8_t> bytes,
                                         const Precompiled* precompiled) {
  auto* loaded = create<LoadedModule>(engine.allocator(), engine);
  if (loaded == nullptr) return out_of_memory();
  if (precompiled != nullptr) {
    loaded->backend_ = &precompiled->backend;
    loaded->image = precompiled->image;
    loaded->module_.has_no_code = precompiled->has_no_code;
  }
  if (const Result<void> prepared = loaded->prepare(bytes); !prepared) {
    loaded->release();
    return std::unexpected(prepared.error());
  }
  if (precompiled != nullptr) loaded->images_.look_in(precompiled->file, loaded->module_);
  return loaded;
}

Result<void> LoadedModule::prepare(std::span<const uint8_t> bytes) {
  const EngineConfig& config = engine_.config();
  TRY(decode(bytes, config.features, module_));
  validates_lazily_ =
      image != nullptr || (config.lazy_validation_bytes != 0 &&
                           module_.code_section.size > config.lazy_validation_bytes);
  if (validates_lazily_)
    TRY(validate_declarations(module_));
  else
    TRY(validate(module_));
  TRY(engine_.types().intern(module_, types_));
  TRY(backend_->load(*this));
  is_prepared_ = true;
  return {};
}

LoadedModule::~LoadedModule() {
  if (is_prepared_) backend_->unload(*this);
  engine_.types().release(types_.span());
}

void LoadedModule::release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(engine_.allocator(), this);
}

} // namespace waxwing::runtime
