// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state of `decode`, shared by its source files and by nobody else.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/reader.hpp"
#include "wasm/instruction.hpp"
#include "wasm/module.hpp"

namespace waxwing {

class Decoder {
 public:
  Decoder(std::span<const uint8_t> bytes, FeatureSet features, Module& module);
  [[nodiscard]] Result<void> run();

 private:
  // decode.cc
  [[nodiscard]] Result<void> read_module();
  [[nodiscard]] Result<void> read_preamble();
  [[nodiscard]] Result<void> read_section(uint8_t id, ByteRange range);
  [[nodiscard]] Result<void> read_custom(uint8_t after);
  [[nodiscard]] Result<void> read_functions();
  [[nodiscard]] Result<void> read_exports();
  [[nodiscard]] Result<void> read_start();
  [[nodiscard]] Result<void> read_data_count();
  [[nodiscard]] Result<void> read_code(ByteRange section);
  [[nodiscard]] Result<void> check_bodies();
  [[nodiscard]] Result<std::string_view> read_name();
  [[nodiscard]] Result<ConstExpr> read_const_expr();
  /// The length of a vector of things of which there may be `limit` and are `already` some.
  [[nodiscard]] Result<uint32_t> read_vector(uint32_t limit, uint64_t already = 0);
  /// Room for `count` more elements, but for no more than can be in the bytes that are left if
  /// each takes `least`.
  template <class T>
  [[nodiscard]] Result<void> make_room(Vec<T>& space, size_t count, uint32_t least) {
    const size_t most = in_.remaining() / least;
    return space.reserve(space.size() + (count < most ? count : most));
  }
  /// From `start` to where the reader is.
  [[nodiscard]] ByteRange range_from(const uint8_t* start) const;

  // decode_types.cc
  [[nodiscard]] Result<void> read_types();
  [[nodiscard]] Result<void> read_sub_type(TypeIndex group_start, uint32_t group_size);
  [[nodiscard]] Result<void> read_composite_type(uint8_t form, uint32_t offset, DefType& type);
  [[nodiscard]] Result<std::span<const ValType>> read_val_types(uint32_t limit);
  [[nodiscard]] Result<FieldType> read_field_type();
  [[nodiscard]] Result<bool> read_mutability();
  [[nodiscard]] Result<ValType> read_ref_type();
  [[nodiscard]] Result<Limits> read_limits(uint8_t allowed, uint8_t& flags);
  [[nodiscard]] Result<TableType> read_table_type();
  [[nodiscard]] Result<MemoryType> read_memory_type();
  [[nodiscard]] Result<GlobalType> read_global_type();
  [[nodiscard]] Result<TagDecl> read_tag_type();

  // decode_declarations.cc
  [[nodiscard]] Result<void> read_imports();
  [[nodiscard]] Result<void> read_tables();
  [[nodiscard]] Result<void> read_memories();
  [[nodiscard]] Result<void> read_globals();
  [[nodiscard]] Result<void> read_tags();
  [[nodiscard]] Result<void> read_elements();
  [[nodiscard]] Result<ElemSegment> read_element();
  [[nodiscard]] Result<void> read_data();

  Module& module_;
  FeatureSet features_;
  /// The section being read, or the module between sections.
  ByteReader in_;
  const uint8_t* end_;
  uint32_t code_count_ = 0;
};

/// A number that the end of its section or body cuts off may be malformed in itself: then this is
/// the error of that, else `error` as it should be seen outside.
[[nodiscard]] Error classify_cut_number(std::span<const uint8_t> module, Error error);

} // namespace waxwing
