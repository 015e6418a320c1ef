// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "interp/module_code.hpp"

#include "interp/translator.hpp"

namespace waxwing::interp {

ModuleCode::ModuleCode(runtime::LoadedModule& loaded)
    : leave{handler_table()[static_cast<size_t>(Id::leave)]},
      switch_back{handler_table()[static_cast<size_t>(Id::switch_back)]}, loaded_(loaded),
      code_(loaded.engine().allocator()), validator_(loaded.engine().allocator()) {}

ModuleCode::~ModuleCode() {
  const Allocator& allocator = loaded_.engine().allocator();
  destroy(allocator, translator_);
  allocator.release(functions_, count_ * sizeof(Function), alignof(Function));
}

Result<void> ModuleCode::prepare() {
  const Module& module = loaded_.module();
  const Allocator& allocator = loaded_.engine().allocator();
  const size_t count = module.functions.size() - module.imported_functions;
  if (count == 0) return {};
  void* memory = allocator.allocate(count * sizeof(Function), alignof(Function));
  if (memory == nullptr) return out_of_memory();
  functions_ = static_cast<Function*>(memory);
  count_ = count;
  const Handler stub = handler_table()[static_cast<size_t>(Id::translate)];
  for (size_t i = 0; i < count; ++i) {
    const auto index = static_cast<FuncIndex>(module.imported_functions + i);
    auto* function = ::new (static_cast<void*>(functions_ + i)) Function;
    function->header = loaded_.function_type(index)->call_cells * uint32_t{sizeof(Cell)};
    function->frame_bytes.store(function->header + uint32_t{sizeof(Header)},
                                std::memory_order_relaxed);
    function->translate.handler = stub;
    function->index = index;
    function->code = nullptr;
    function->code_size = 0;
    function->entry.store(reinterpret_cast<const uint8_t*>(&function->translate),
                          std::memory_order_relaxed);
  }
  return {};
}

TrapKind ModuleCode::translate(Function& function, Error& error) {
  const platform::LockGuard guard(lock_);
  if (function.code_size != 0) return TrapKind::none;
  const auto result = translate_locked(function);
  if (result.has_value()) return TrapKind::none;
  if (result.error().code == ErrorCode::out_of_memory) return TrapKind::out_of_memory;
  error = result.error();
  return TrapKind::invalid_function;
}

Result<void> ModuleCode::translate_locked(Function& function) {
  if (loaded_.validates_lazily())
    TRY(validate_function(loaded_.module(), function.index, validator_));
  const Allocator& allocator = loaded_.engine().allocator();
  if (translator_ == nullptr) {
    translator_ = create<Translator>(allocator, *this, allocator);
    if (translator_ == nullptr) return out_of_memory();
  }
  TRY(translator_->translate(function));
  const std::span<const uint8_t> code = translator_->code();
  auto* memory = static_cast<uint8_t*>(code_.allocate(code.size(), kWord));
  if (memory == nullptr) return out_of_memory();
  std::memcpy(memory, code.data(), code.size());
  function.code = memory;
  function.code_size = static_cast<uint32_t>(code.size());
  function.frame_bytes.store(translator_->frame_bytes(), std::memory_order_relaxed);
  function.entry.store(memory + translator_->entry(), std::memory_order_release);
  return {};
}

const Function* ModuleCode::find(const uint8_t* ip) const {
  // Traces are rare, and what the linear search looks at is small.
  for (size_t i = 0; i < count_; ++i) {
    const Function& function = functions_[i];
    if (ip == reinterpret_cast<const uint8_t*>(&function.translate)) return &function;
    const uint8_t* entry = function.entry.load(std::memory_order_acquire);
    if (entry == reinterpret_cast<const uint8_t*>(&function.translate)) continue;
    if (ip >= function.code && ip < function.code + function.code_size) return &function;
  }
  return nullptr;
}

bool ModuleCode::locate(const Function& function, const uint8_t* ip, uint32_t& offset) {
  offset = loaded_.module().functions[function.index].body.offset;
  const uint8_t* entry = function.entry.load(std::memory_order_acquire);
  if (entry == reinterpret_cast<const uint8_t*>(&function.translate)) return true;
  const platform::LockGuard guard(lock_);
  const auto found = translator_->locate(function, static_cast<uint32_t>(ip - function.code));
  if (!found.has_value()) return false;
  offset = *found;
  return true;
}

} // namespace waxwing::interp
