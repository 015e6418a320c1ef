// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structures, arrays, casts and exceptions in function bodies.
#include <iterator>

#include "fuzz/body.hpp"

namespace waxwing::fuzz {

/// Of a parameter: whether it is null, an i31, and what each type that it has says of it.
Bytes Body::show() {
  add_locals({Type::anyref}, 0);
  op(Op::local_get, 0);
  mix_null();
  op(Op::local_get, 0);
  op(Op::local_set, scratch(Type::anyref));
  i31_of_scratch();
  mix(Type::i32);
  for (uint32_t i = 0; i < plan_.aggregates.size(); ++i) {
    const Aggregate& aggregate = plan_.aggregates[i];
    const auto get = [&] {
      op(Op::local_get, 0);
      op(Op::ref_cast, i);
    };
    op(Op::local_get, 0);
    op(Op::ref_test, i);
    begin(Op::if_);
    out_.i32_const(static_cast<int32_t>(i) + 1);
    mix(Type::i32);
    if (aggregate.is_array) {
      get();
      op(Op::array_len);
      mix(Type::i32);
      get();
      op(Op::array_len);
      begin(Op::if_);
    }
    for (uint32_t at = 0; at < aggregate.fields.size(); ++at) {
      get();
      if (aggregate.is_array) out_.i32_const(0);
      get_field(i, at);
      const Type type = aggregate.fields[at].type;
      if (is_reference(type))
        mix_null();
      else
        mix(type);
    }
    if (aggregate.is_array) op(Op::end);
    op(Op::end);
  }
  return finish();
}

/// With the reference, and the index in an array, on the stack.
void Body::get_field(uint32_t aggregate, uint32_t field) {
  const Packed packed = plan_.aggregates[aggregate].fields[field].packed;
  const bool sign = choices_.one_in(2);
  if (plan_.aggregates[aggregate].is_array) {
    op(packed == Packed::no ? Op::array_get : sign ? Op::array_get_s : Op::array_get_u, aggregate);
  } else {
    op(packed == Packed::no ? Op::struct_get
       : sign               ? Op::struct_get_s
                            : Op::struct_get_u,
       aggregate);
    out_.u32(field);
  }
}

void Body::array_length(int depth) {
  masked(Type::i32, 15, depth - 1);
  if (choices_.one_in(8)) return;
  out_.i32_const(4);
  op(Op::i32_or);
}

/// Elements of array `index` out of a segment, by the one operator or the other; false where no
/// segment has such elements. The array and the place in it, if it is there, are on the stack.
bool Body::from_segment(uint32_t index, Op from_data, Op from_elements, uint32_t length_mask,
                        int depth) {
  const Type type = plan_.aggregates[index].fields[0].type;
  const bool is_data = !is_reference(type);
  if (!has(Feature::bulk_memory) || (!is_data && type != Type::funcref)) return false;
  masked(Type::i32, is_data ? 7 : 1, depth - 1);
  masked(Type::i32, length_mask, depth - 1);
  op(is_data ? from_data : from_elements, index);
  out_.u32(1 + choices_.below(is_data ? plan_.data_segments : plan_.element_segments));
  return true;
}

void Body::new_object(uint32_t index, int depth) {
  const Aggregate& aggregate = plan_.aggregates[index];
  if (!aggregate.is_array) {
    if (depth <= 0 || choices_.one_in(4)) return op(Op::struct_new_default, index);
    for (const Field& field : aggregate.fields) value_of_field(field, depth - 1);
    return op(Op::struct_new, index);
  }
  const Field& element = aggregate.fields[0];
  const uint32_t kind = depth <= 0 ? 0 : choices_.below(4);
  if (kind == 3 && from_segment(index, Op::array_new_data, Op::array_new_elem, 3, depth)) return;
  if (kind == 2) {
    const uint32_t count = choices_.below(5);
    for (uint32_t i = 0; i < count; ++i) value_of_field(element, depth - 1);
    op(Op::array_new_fixed, index);
    return out_.u32(count);
  }
  if (kind == 1) value_of_field(element, depth);
  array_length(depth);
  op(kind == 1 ? Op::array_new : Op::array_new_default, index);
}

void Body::object(uint32_t index, int depth) {
  const uint32_t kind = choices_.below(16);
  if (kind == 0) return op(Op::ref_null, index);
  if (kind == 1) {
    expression(Type::anyref, depth - 1);
    return op(choices_.one_in(2) ? Op::ref_cast : Op::ref_cast_null, index);
  }
  if (kind > 8) return new_object(index, depth);
  if (index == 0 && kind < 4) {
    // A subtype is one as well.
    const auto count = static_cast<uint32_t>(plan_.aggregates.size());
    uint32_t sub = choices_.below(count);
    for (uint32_t up = sub; up != 0; up = plan_.aggregates[up].super)
      if (plan_.aggregates[up].super == Aggregate::kNone) {
        sub = 0;
        break;
      }
    return new_object(sub, depth);
  }
  // What the reference refers to if it is of the type, else a new one. The operand comes first: no
  // label that it could go to takes a value of this type.
  expression(Type::anyref, depth - 1);
  op(Op::local_set, scratch(Type::anyref));
  const auto typed_block = [&] {
    op(Op::block);
    out_.byte(0x63);
    out_.s64(index);
  };
  const auto cast = [&](Op what) {
    op(what);
    out_.byte(3); // from and to what may be null
    out_.u32(0);
    out_.byte(kAnyHeap);
    out_.s64(index);
  };
  typed_block();
  if (kind < 6) {
    op(Op::local_get, scratch(Type::anyref));
    cast(Op::br_on_cast);
  } else {
    begin(Op::block, Type::anyref);
    op(Op::local_get, scratch(Type::anyref));
    cast(Op::br_on_cast_fail);
    op(Op::br, 1);
    op(Op::end);
  }
  op(Op::drop);
  new_object(index, 0);
  op(Op::end);
}

void Body::any_reference(int depth) {
  switch (choices_.below(6)) {
  case 0: expression(Type::i32, depth - 1); return op(Op::ref_i31);
  case 1:
    expression(Type::anyref, depth - 1);
    op(Op::extern_convert_any);
    return op(Op::any_convert_extern);
  case 2: expression(Type::anyref, depth - 1); return heap_op(Op::ref_cast_null, kEqHeap);
  default: return object(choices_.below(static_cast<uint32_t>(plan_.aggregates.size())), depth);
  }
}

bool Body::read_field(Type type, int depth) {
  uint32_t aggregate = 0;
  uint32_t field = 0;
  const auto fits = [&](const Aggregate&, const Field& one) { return one.type == type; };
  if (!plan_.some_field(choices_, fits, aggregate, field)) return false;
  object(aggregate, depth);
  if (plan_.aggregates[aggregate].is_array) array_index(depth);
  get_field(aggregate, field);
  return true;
}

/// The number of an i31 in the scratch local, 0 where it is none.
void Body::i31_of_scratch() {
  const uint32_t local = scratch(Type::anyref);
  op(Op::local_get, local);
  heap_op(Op::ref_test, kI31Heap);
  begin(Op::if_, Type::i32);
  op(Op::local_get, local);
  heap_op(Op::ref_cast, kI31Heap);
  op(choices_.one_in(2) ? Op::i31_get_s : Op::i31_get_u);
  op(Op::else_);
  out_.i32_const(0);
  op(Op::end);
}

void Body::ask_of_reference(int depth) {
  const auto count = static_cast<uint32_t>(plan_.aggregates.size());
  constexpr uint8_t kHeaps[] = {kAnyHeap, kEqHeap, kI31Heap, kStructHeap, kArrayHeap, kNoneHeap};
  switch (choices_.below(6)) {
  case 0:
    expression(Type::anyref, depth - 1);
    op(choices_.one_in(2) ? Op::ref_test : Op::ref_test_null);
    if (const uint32_t heap = choices_.below(2 * count); heap < count) return out_.s64(heap);
    return out_.byte(kHeaps[choices_.below(static_cast<uint32_t>(std::size(kHeaps)))]);
  case 1:
    for (int i = 0; i < 2; ++i) {
      expression(Type::anyref, depth - 1);
      heap_op(Op::ref_cast_null, kEqHeap);
    }
    return op(Op::ref_eq);
  case 2:
    expression(Type::object, depth - 1);
    expression(Type::object, depth - 1);
    return op(Op::ref_eq);
  case 3: {
    uint32_t array = 0;
    uint32_t field = 0;
    const auto fits = [](const Aggregate& one, const Field&) { return one.is_array; };
    if (plan_.some_field(choices_, fits, array, field)) {
      object(array, depth);
      return op(Op::array_len);
    }
    [[fallthrough]];
  }
  case 4:
    expression(Type::i32, depth - 1);
    op(Op::ref_i31);
    return op(choices_.one_in(2) ? Op::i31_get_s : Op::i31_get_u);
  default:
    expression(Type::anyref, depth - 1);
    op(Op::local_set, scratch(Type::anyref));
    return i31_of_scratch();
  }
}

void Body::object_statement(int depth) {
  uint32_t aggregate = 0;
  uint32_t field = 0;
  const auto fits = [](const Aggregate&, const Field& one) { return one.is_mutable; };
  if (!plan_.some_field(choices_, fits, aggregate, field)) return op(Op::nop);
  if (plan_.aggregates[aggregate].is_array) return array_statement(aggregate, depth);
  object(aggregate, depth);
  value_of_field(plan_.aggregates[aggregate].fields[field], depth);
  op(Op::struct_set, aggregate);
  out_.u32(field);
}

/// Of an array with a mutable element.
void Body::array_statement(uint32_t index, int depth) {
  const Field& element = plan_.aggregates[index].fields[0];
  object(index, depth);
  array_index(depth);
  switch (choices_.below(4)) {
  case 0:
    value_of_field(element, depth);
    masked(Type::i32, 1, depth - 1);
    return op(Op::array_fill, index);
  case 1: {
    // Not null: where the destination's end is passed as well, engines find the one or the other.
    new_object(index, depth);
    array_index(depth);
    masked(Type::i32, 1, depth - 1);
    op(Op::array_copy, index);
    return out_.u32(index);
  }
  case 2:
    if (from_segment(index, Op::array_init_data, Op::array_init_elem, 1, depth)) return;
    break;
  default: break;
  }
  value_of_field(element, depth);
  op(Op::array_set, index);
}

// Exceptions

/// Does not go on behind it, mostly.
void Body::throw_some(int depth) {
  if (choices_.one_in(4)) {
    expression(Type::exnref, depth - 1);
    return op(Op::throw_ref);
  }
  const uint32_t tag = choices_.below(static_cast<uint32_t>(plan_.tags.size()));
  arguments(plan_.types[plan_.tags[tag].type], depth);
  op(Op::throw_, tag);
}

/// Statements whose exceptions of one tag, or of all, are caught, and sometimes thrown again.
void Body::try_statement(int depth) {
  const uint32_t number = choices_.below(static_cast<uint32_t>(plan_.tags.size()));
  const Tag& tag = plan_.tags[number];
  const bool all = choices_.one_in(3);
  const bool with_reference = choices_.one_in(2);
  const uint32_t whole = with_reference ? tag.caught_with_reference : tag.caught;
  std::vector<Type> caught = plan_.types[whole].results;
  if (all) caught = with_reference ? std::vector{Type::exnref} : std::vector<Type>{};

  begin(Op::block);
  labels_.push_back({});
  if (caught.empty()) {
    begin(Op::block);
  } else if (caught.size() == 1) {
    begin(Op::block, caught[0]);
  } else {
    op(Op::block);
    out_.s64(plan_.type_index(whole));
  }
  labels_.push_back(caught);
  begin(Op::try_table);
  const bool rest = choices_.one_in(3); // what the first clause leaves ends the whole
  out_.u32(rest ? 2 : 1);
  out_.byte(static_cast<uint8_t>((all ? 2 : 0) + (with_reference ? 1 : 0)));
  if (!all) out_.u32(number);
  out_.u32(0);
  if (rest) {
    out_.byte(2);
    out_.u32(1);
  }
  labels_.push_back({});
  const uint32_t statements = 1 + choices_.below(3);
  for (uint32_t i = 0; i < statements; ++i) statement(depth - 1);
  if (choices_.one_in(3)) {
    throw_some(depth);
    op(Op::unreachable);
  }
  labels_.pop_back();
  op(Op::end);
  op(Op::br, 1);
  labels_.pop_back();
  op(Op::end);
  for (size_t i = caught.size(); i-- > 0;) store_or_drop(caught[i]);
  if (with_reference && choices_.one_in(3)) {
    uint32_t local = 0;
    if (some_local(Type::exnref, local)) {
      masked(Type::i32, 3, depth - 1);
      op(Op::i32_eqz);
      begin(Op::if_);
      op(Op::local_get, local);
      op(Op::throw_ref);
      op(Op::end);
    }
  }
  labels_.pop_back();
  op(Op::end);
}

/// A value, or another one where an exception came.
void Body::try_value(Type type, int depth) {
  begin(Op::block, type);
  labels_.push_back({type});
  begin(Op::block);
  labels_.push_back({});
  begin(Op::try_table, type);
  out_.u32(1);
  out_.byte(2);
  out_.u32(0);
  inside({type}, depth);
  op(Op::br, 1);
  labels_.pop_back();
  op(Op::end);
  expression(type, depth - 1);
  labels_.pop_back();
  op(Op::end);
}

} // namespace waxwing::fuzz
