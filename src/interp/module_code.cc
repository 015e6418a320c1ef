// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "interp/module_code.hpp"

#include "interp/translator.hpp"

namespace waxwing::interp {

ModuleCode::ModuleCode(runtime::LoadedModule& loaded)
    : leave{handler_table()[static_cast<size_t>(Id::leave)]},
      switch_back{handler_table()[static_cast<size_t>(Id::switch_back)]}, loaded_(loaded),
      by_code_(loaded.engine().allocator()), runs_(loaded.engine().allocator()),
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
    function->catches = nullptr;
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
  TRY(reserve_place());
  const std::span<const uint8_t> code = translator_->code();
  const CatchTable catches = translator_->catches();
  const size_t table = align_up(code.size(), alignof(CatchTable));
  const size_t regions = table + sizeof(CatchTable);
  const size_t entries = regions + catches.regions.size_bytes();
  const size_t size =
      catches.regions.empty() ? code.size() : entries + catches.catches.size_bytes();
  auto* memory = static_cast<uint8_t*>(code_.allocate(size, kWord));
  if (memory == nullptr) return out_of_memory();
  std::memcpy(memory, code.data(), code.size());
  function.code = memory;
  function.code_size = static_cast<uint32_t>(code.size());
  if (!catches.regions.empty()) {
    std::memcpy(memory + regions, catches.regions.data(), catches.regions.size_bytes());
    if (!catches.catches.empty())
      std::memcpy(memory + entries, catches.catches.data(), catches.catches.size_bytes());
    function.catches = ::new (static_cast<void*>(memory + table))
        CatchTable{{reinterpret_cast<const TryRegion*>(memory + regions), catches.regions.size()},
                   {reinterpret_cast<const Catch*>(memory + entries), catches.catches.size()}};
  }
  add_place(function, memory + size);
  function.frame_bytes.store(translator_->frame_bytes(), std::memory_order_relaxed);
  function.entry.store(memory + translator_->entry(), std::memory_order_release);
  return {};
}

Result<void> ModuleCode::reserve_place() {
  const platform::SpinGuard guard(places_lock_);
  TRY(by_code_.reserve_more(1));
  return runs_.reserve_more(1);
}

/// Enters a function whose code ends before `end`. The arena goes on behind what it gave last or in
/// a new block, so its blocks are the runs.
void ModuleCode::add_place(const Function& function, const uint8_t* end) {
  const platform::SpinGuard guard(places_lock_);
  const uint8_t* const begin = function.code;
  const size_t index = by_code_.size();
  by_code_.push_reserved(&function);
  size_t at = place_of(begin);
  if (at != 0) {
    Run& before = runs_[at - 1];
    if (before.first + before.count == index &&
        begin == before.end + (align_up(reinterpret_cast<uintptr_t>(before.end), kWord) -
                               reinterpret_cast<uintptr_t>(before.end))) {
      before.end = end;
      ++before.count;
      return;
    }
  }
  runs_.push_reserved({begin, end, index, 1});
  for (size_t i = runs_.size() - 1; i > at; --i) std::swap(runs_[i], runs_[i - 1]);
}

/// How many runs begin at or before `ip`.
size_t ModuleCode::place_of(const uint8_t* ip) const {
  size_t low = 0;
  size_t high = runs_.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (runs_[middle].begin <= ip)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const Function* ModuleCode::find(const uint8_t* ip) const {
  const auto* records = reinterpret_cast<const uint8_t*>(functions_);
  if (ip >= records && ip < reinterpret_cast<const uint8_t*>(functions_ + count_))
    return functions_ + static_cast<size_t>(ip - records) / sizeof(Function);
  const platform::SpinGuard guard(places_lock_);
  const size_t run = place_of(ip);
  if (run == 0 || ip >= runs_[run - 1].end) return nullptr;
  const Run& in = runs_[run - 1];
  size_t low = in.first;
  size_t high = in.first + in.count;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (by_code_[middle]->code <= ip)
      low = middle;
    else
      high = middle;
  }
  const Function* function = by_code_[low];
  return ip < function->code + function->code_size ? function : nullptr;
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
