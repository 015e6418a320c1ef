// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memories, tables, globals and tags of a store. (The check of addresses is with the host
// functions, whose arguments are most of them.)
#include <bit>
#include <cstring>
#include <fmt/format.h>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

using impl::StoreState;

namespace {

runtime::Memory& of(const Memory& memory) { return *static_cast<runtime::Memory*>(memory.word()); }
runtime::Table& of(const Table& table) { return *static_cast<runtime::Table*>(table.word()); }
runtime::Global& of(const Global& global) { return *static_cast<runtime::Global*>(global.word()); }

RawValue raw_of(runtime::Ref ref) { return RawValue::of(ref); }
runtime::Ref ref_of(const Value& value) { return value.raw().as<runtime::Ref>(); }

/// Whether bounds can be those of a memory or table.
Result<void> check_bounds(uint64_t min, const std::optional<uint64_t>& max) {
  if (!max || min <= *max) return {};
  return impl::refuse(ErrorKind::usage,
                      fmt::format("a minimum of {} above a maximum of {}", min, *max));
}

std::unexpected<Error> no_element(uint64_t index, uint64_t size) {
  return impl::refuse(ErrorKind::usage,
                      fmt::format("element {} of a table that has {}", index, size));
}

} // namespace

Result<Memory> Memory::make(Store& store, const MemoryType& type) {
  if (Result<void> good = check_bounds(type.min, type.max); !good)
    return std::unexpected(std::move(good.error()));
  if (!std::has_single_bit(type.page_size) || (type.page_size != 1 && type.page_size != 65'536))
    return impl::refuse(ErrorKind::usage, "a page is 65,536 bytes, or one");
  if (type.shared && !type.max)
    return impl::refuse(ErrorKind::usage, "a shared memory needs a maximum");
  core::MemoryType wanted;
  wanted.limits.min = type.min;
  wanted.limits.max = type.max.value_or(0);
  wanted.limits.has_max = type.max.has_value();
  wanted.limits.is64 = type.is64;
  wanted.limits.shared = type.shared;
  wanted.page_log2 = static_cast<uint8_t>(std::countr_zero(type.page_size));
  StoreState& state = *store.state();
  auto made = state.store->host_memory(wanted);
  if (!made) return impl::refuse(made.error());
  return Memory(&state, *made);
}

Result<Memory> Memory::from(Store& store, const Shared& shared) {
  StoreState& state = *store.state();
  auto* memory = static_cast<runtime::Memory*>(shared.memory_.get());
  // The store has no list of what others share with it: it holds the memory as a whole.
  state.attached.push_back(shared.memory_);
  return Memory(&state, memory);
}

Result<Memory::Shared> Memory::share() const {
  runtime::Memory& memory = of(*this);
  if (!memory.is_shared()) return impl::refuse(ErrorKind::usage, "the memory is not shared");
  memory.retain();
  // The allocator that it goes back to is the engine's.
  std::shared_ptr<impl::EngineState> engine = store_->engine;
  const auto give_back = [engine](void* held) { static_cast<runtime::Memory*>(held)->release(); };
  return Shared(std::shared_ptr<void>(&memory, give_back), type());
}

MemoryType Memory::type() const { return impl::to_public(of(*this).current_type()); }
uint64_t Memory::size_in_bytes() const { return of(*this).byte_size(); }
uint64_t Memory::size() const { return of(*this).pages(); }

Result<uint64_t> Memory::grow(uint64_t pages) {
  const int64_t before = of(*this).grow(pages);
  if (before < 0)
    return impl::refuse(ErrorKind::limit, fmt::format("the memory cannot grow by {} pages", pages));
  return static_cast<uint64_t>(before);
}

std::span<std::byte> Memory::bytes() const {
  const runtime::Memory& memory = of(*this);
  const uint64_t size = memory.byte_size();
  return {reinterpret_cast<std::byte*>(memory.resolve(0, size)), static_cast<size_t>(size)};
}

Result<void> Memory::read(uint64_t address, std::span<std::byte> to) const {
  Result<void*> at = resolve(address, to.size(), 1, 1);
  if (!at) return std::unexpected(std::move(at.error()));
  if (!to.empty()) std::memcpy(to.data(), *at, to.size());
  return {};
}

Result<void> Memory::write(uint64_t address, std::span<const std::byte> from) const {
  Result<void*> at = resolve(address, from.size(), 1, 1);
  if (!at) return std::unexpected(std::move(at.error()));
  if (!from.empty()) std::memcpy(*at, from.data(), from.size());
  return {};
}

Result<std::string_view> Memory::c_string(uint64_t address) const {
  const uint64_t size = size_in_bytes();
  const uint64_t left = address < size ? size - address : 0;
  Result<void*> at = resolve(address, left == 0 ? 1 : left, 1, 1);
  if (!at) return std::unexpected(std::move(at.error()));
  const void* end = std::memchr(*at, 0, static_cast<size_t>(left));
  // None: one byte more than there is.
  if (end == nullptr) return std::unexpected(std::move(resolve(address, left + 1, 1, 1).error()));
  const auto* text = static_cast<const char*>(*at);
  return std::string_view(text, static_cast<size_t>(static_cast<const char*>(end) - text));
}

Result<Table> Table::make(Store& store, const TableType& type, const Value& init) {
  if (Result<void> good = check_bounds(type.min, type.max); !good)
    return std::unexpected(std::move(good.error()));
  if (!type.element.is_reference())
    return impl::refuse(ErrorKind::usage, "a table holds references");
  StoreState& state = *store.state();
  core::TableType wanted;
  wanted.element = impl::to_core(type.element);
  wanted.limits.min = type.min;
  wanted.limits.max = type.max.value_or(0);
  wanted.limits.has_max = type.max.has_value();
  wanted.limits.is64 = type.is64;
  if (Result<void> fits = impl::check_value(state, init, wanted.element); !fits)
    return std::unexpected(std::move(fits.error()));
  auto made = state.store->host_table(wanted, ref_of(init));
  if (!made) return impl::refuse(made.error());
  return Table(&state, *made);
}

TableType Table::type() const { return impl::to_public(store_->types(), of(*this).current_type()); }
uint64_t Table::size() const { return of(*this).size; }

Result<Value> Table::get(uint64_t index) const {
  const runtime::Table& table = of(*this);
  if (index >= table.size) return no_element(index, table.size);
  return impl::make_value(*store_, table.type().element, raw_of(table.elements[index]));
}

Result<void> Table::set(uint64_t index, const Value& value) {
  runtime::Table& table = of(*this);
  if (index >= table.size) return no_element(index, table.size);
  if (Result<void> fits = impl::check_value(*store_, value, table.type().element); !fits)
    return fits;
  table.elements[index] = ref_of(value);
  return {};
}

Result<uint64_t> Table::grow(uint64_t count, const Value& init) {
  runtime::Table& table = of(*this);
  if (Result<void> fits = impl::check_value(*store_, init, table.type().element); !fits)
    return std::unexpected(std::move(fits.error()));
  const int64_t before = table.grow(count, ref_of(init));
  if (before < 0)
    return impl::refuse(ErrorKind::limit,
                        fmt::format("the table cannot grow by {} elements", count));
  return static_cast<uint64_t>(before);
}

Result<Global> Global::make(Store& store, const GlobalType& type, const Value& value) {
  StoreState& state = *store.state();
  const core::ValType wanted = impl::to_core(type.type);
  if (Result<void> fits = impl::check_value(state, value, wanted); !fits)
    return std::unexpected(std::move(fits.error()));
  auto made = state.store->host_global({.type = wanted, .mutable_ = type.is_mutable},
                                       value.raw().bytes.data());
  if (!made) return impl::refuse(made.error());
  return Global(&state, *made);
}

GlobalType Global::type() const { return impl::to_public(store_->types(), of(*this).type); }

Value Global::get() const {
  const runtime::Global& global = of(*this);
  RawValue raw;
  std::memcpy(raw.bytes.data(), global.value, size_of(global.type.type));
  return impl::make_value(*store_, global.type.type, raw);
}

Result<void> Global::set(const Value& value) {
  runtime::Global& global = of(*this);
  if (!global.type.mutable_) return impl::refuse(ErrorKind::usage, "the global is immutable");
  if (Result<void> fits = impl::check_value(*store_, value, global.type.type); !fits) return fits;
  std::memcpy(global.value, value.raw().bytes.data(), size_of(global.type.type));
  return {};
}

Result<Tag> Tag::make(Store& store, const TagType& type) {
  Result<std::vector<ValueKind>> kinds = impl::plain_kinds(type.params);
  if (!kinds) return std::unexpected(std::move(kinds.error()));
  std::vector<core::ValType> params;
  for (const ValueKind kind : *kinds) params.push_back(impl::to_core(kind));
  StoreState& state = *store.state();
  auto known = state.types().intern_function(params, {});
  if (!known) return impl::refuse(known.error());
  auto made = state.store->host_tag(*known);
  if (!made) return impl::refuse(made.error());
  return Tag(&state, *made);
}

TagType Tag::type() const {
  return {impl::to_public(store_->types(), static_cast<const runtime::Tag*>(tag_)->type->params)};
}

std::string Tag::name() const {
  return describe::tag_text(*store_->store, *static_cast<const runtime::Tag*>(tag_));
}

} // namespace waxwing::inline v0
