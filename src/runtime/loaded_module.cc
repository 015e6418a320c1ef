// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/loaded_module.hpp"

#include "base/reader.hpp"
#include "platform/memory.hpp"

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

namespace {

/// Less than this is copied as fast as it is mapped.
constexpr uint64_t kLeastImage = uint64_t{128} * 1024;

/// Where an active segment goes, if that is said by a constant alone.
bool constant_offset(const Module& module, const DataSegment& segment, uint64_t& offset) {
  const std::span<const uint8_t> bytes = module.slice(segment.offset);
  if (bytes.size() < 3 || bytes.back() != 0x0B) return false;
  ByteReader reader(bytes.subspan(1, bytes.size() - 2));
  constexpr uint8_t kI32Const = 0x41, kI64Const = 0x42;
  if (bytes[0] == kI32Const) {
    const auto value = reader.leb_s32();
    if (!value || !reader.at_end()) return false;
    offset = static_cast<uint32_t>(*value);
    return true;
  }
  if (bytes[0] != kI64Const) return false;
  const auto value = reader.leb_s64();
  if (!value || !reader.at_end()) return false;
  offset = static_cast<uint64_t>(*value);
  return true;
}

} // namespace

int LoadedModule::memory_image(size_t& image_bytes) {
  if constexpr (!kMapsFiles) return -1;
  const platform::SpinGuard guard(image_lock_);
  if (++image_wanted_ == 2) image_ = make_memory_image(image_bytes_);
  // Never zero again.
  if (image_wanted_ > 2) image_wanted_ = 3;
  image_bytes = image_bytes_;
  return image_;
}

int LoadedModule::make_memory_image(size_t& image_bytes) const {
  if constexpr (!kMapsFiles) return -1;
  if (module_.memories.empty() || module_.imported_memories != 0) return -1;
  const MemoryType& type = module_.memories[0];
  if (type.limits.shared || type.limits.min > (SIZE_MAX / 2 >> type.page_log2)) return -1;
  const uint64_t bytes = type.limits.min << type.page_log2;
  uint64_t sum = 0, end = 0;
  for (const DataSegment& segment : module_.data) {
    if (segment.mode != SegmentMode::active || segment.memory != 0) continue;
    uint64_t offset = 0;
    if (!constant_offset(module_, segment, offset)) return -1;
    if (offset > bytes || segment.bytes.size > bytes - offset) return -1;
    sum += segment.bytes.size;
    if (offset + segment.bytes.size > end) end = offset + segment.bytes.size;
  }
  if (sum < kLeastImage) return -1;
  const int descriptor = platform::make_image(static_cast<size_t>(end));
  for (const DataSegment& segment : module_.data) {
    if (descriptor < 0) return -1;
    if (segment.mode != SegmentMode::active || segment.memory != 0) continue;
    uint64_t offset = 0;
    (void)constant_offset(module_, segment, offset);
    const std::span<const uint8_t> content = module_.slice(segment.bytes);
    if (platform::write_image(descriptor, static_cast<size_t>(offset), content.data(),
                              content.size()))
      continue;
    platform::close_image(descriptor);
    return -1;
  }
  image_bytes = static_cast<size_t>(end);
  return descriptor;
}

LoadedModule::~LoadedModule() {
  platform::close_image(image_);
  if (is_prepared_) backend_->unload(*this);
  engine_.types().release(types_.span());
}

void LoadedModule::release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(engine_.allocator(), this);
}

} // namespace waxwing::runtime
