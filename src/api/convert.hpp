// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/state.hpp"

/// Between the core's terms and the interface's.
namespace waxwing::inline v0::impl {

[[nodiscard]] Error make_error(ErrorKind kind, std::string message);
[[nodiscard]] std::unexpected<Error> refuse(ErrorKind kind, std::string message);
/// An error of the core that is about no module.
[[nodiscard]] std::unexpected<Error> refuse(const core::Error& wrong);
[[nodiscard]] ErrorKind kind_of(core::ErrorCode code);
/// The same with the limit, and whether bytes were cut off.
[[nodiscard]] Error make_error(core::ErrorCode code, std::string message);
[[nodiscard]] TrapKind kind_of(core::TrapKind kind);
/// The core's kind for one that goes on through a host function; `host` where it has no name here.
[[nodiscard]] core::TrapKind core_kind(TrapKind kind);

[[nodiscard]] runtime::StoreLimits core_limits(const Limits& limits);

/// Why a module was refused: with its name, the place, and the names of the functions as far as
/// `module` was decoded.
[[nodiscard]] Error module_error(std::string_view name, const core::Module& module,
                                 const core::Error& wrong,
                                 const std::optional<Position>& at = std::nullopt);

/// The sections of a module that decodes.
[[nodiscard]] std::vector<Section> list_sections(std::span<const uint8_t> bytes);
/// Features without any of which the module would not be valid. The other side is why it isn't,
/// whatever is allowed.
[[nodiscard]] std::expected<core::FeatureSet, core::Error>
needed_features(std::span<const uint8_t> bytes, bool has_no_code);

/// Types in the registry's terms.
[[nodiscard]] ValueType to_public(const runtime::TypeRegistry& types, core::ValType type);
[[nodiscard]] std::vector<ValueType> to_public(const runtime::TypeRegistry& types,
                                               std::span<const core::ValType> some);
[[nodiscard]] FunctionType to_public(const runtime::TypeRegistry& types,
                                     const runtime::RuntimeType& type);
[[nodiscard]] TableType to_public(const runtime::TypeRegistry& types, const core::TableType& type);
[[nodiscard]] GlobalType to_public(const runtime::TypeRegistry& types,
                                   const core::GlobalType& type);
[[nodiscard]] MemoryType to_public(const core::MemoryType& type);
[[nodiscard]] core::ValType to_core(const ValueType& type);
[[nodiscard]] core::ValType to_core(ValueKind kind);

/// A value of a guest's, which keeps its object alive from here on.
[[nodiscard]] Value make_value(StoreState& store, core::ValType type, const RawValue& raw);
/// Values in cells, one after the other.
[[nodiscard]] std::vector<Value>
make_values(StoreState& store, std::span<const core::ValType> types, const runtime::Cell* cells);
/// A value that a frame had.
[[nodiscard]] FrameValue frame_value(const image::FrameValue& from);
/// The kinds of a function's or a tag's types; fails where one is more than its kind.
[[nodiscard]] Result<std::vector<ValueKind>> plain_kinds(const std::vector<ValueType>& types);

/// Why a file cannot be had.
[[nodiscard]] std::string_view reason(platform::FileStatus status);

/// Whether a value may stand where `wanted` is asked for; the other side says what is wrong.
[[nodiscard]] Result<void> check_value(StoreState& store, const Value& value, core::ValType wanted);
/// The same for a reference whose C++ type has said what it is.
[[nodiscard]] Result<void> check_reference(StoreState& store, const RawValue& raw,
                                           core::ValType wanted);

[[nodiscard]] inline RawValue take_cells(const runtime::Cell*& cells, core::ValType type) {
  RawValue raw;
  std::memcpy(raw.bytes.data(), cells, size_of(type));
  cells += cells_of(type);
  return raw;
}
inline void put_cells(runtime::Cell*& cells, core::ValType type, const RawValue& raw) {
  std::memcpy(cells, raw.bytes.data(), size_of(type));
  cells += cells_of(type);
}

/// An array whose size is known at run time, on the stack while it is small.
template <class T, size_t Small>
class Scratch {
 public:
  explicit Scratch(size_t count) {
    if (count <= Small) return;
    large_.resize(count);
    data_ = large_.data();
  }
  [[nodiscard]] T* data() { return data_; }

 private:
  T small_[Small]{};
  std::vector<T> large_;
  T* data_ = small_;
};

[[nodiscard]] inline const runtime::FuncRef* ref_of(const Func& function) {
  return static_cast<const runtime::FuncRef*>(function.word());
}
/// The store that a function belongs to.
[[nodiscard]] inline const runtime::Store* store_of(const runtime::FuncRef& function) {
  if (function.vmctx != nullptr) return function.vmctx->store;
  return static_cast<const runtime::HostFunction*>(function.record)->store;
}

} // namespace waxwing::inline v0::impl
