// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators on structs, arrays and references.
#include "interp/objects.hpp"
#include "interp/translator.hpp"

namespace waxwing::interp {

namespace {

/// The load or store of linear memory that does the same.
Op load_of(ValType storage, bool is_signed) {
  switch (storage.code()) {
  case val::i8.code(): return is_signed ? Op::i32_load8_s : Op::i32_load8_u;
  case val::i16.code(): return is_signed ? Op::i32_load16_s : Op::i32_load16_u;
  case val::i32.code(): return Op::i32_load;
  case val::i64.code(): return Op::i64_load;
  case val::f32.code(): return Op::f32_load;
  case val::f64.code(): return Op::f64_load;
  default: return kPointerIs64 ? Op::i64_load : Op::i32_load;
  }
}
Op store_of(ValType storage) {
  switch (storage.code()) {
  case val::i8.code(): return Op::i32_store8;
  case val::i16.code(): return Op::i32_store16;
  case val::i32.code(): return Op::i32_store;
  case val::i64.code(): return Op::i64_store;
  case val::f32.code(): return Op::f32_store;
  case val::f64.code(): return Op::f64_store;
  default: return kPointerIs64 ? Op::i64_store : Op::i32_store;
  }
}

bool has_fields_of_slots(const RuntimeType& type) {
  for (const FieldType& field : type.fields)
    if (waxwing::size_of(field.storage) != sizeof(Cell)) return false;
  // On the heap nothing lies between them either.
  return type.object_size == sizeof(void*) + type.fields.size() * sizeof(Cell);
}

} // namespace

Result<void> Translator::object(Op op) {
  // Read once more, with its immediates.
  const auto start = operator_offset_ - body_offset_;
  ByteReader reader({body_ + start, static_cast<size_t>(end_ - body_) - start});
  Instruction i;
  TRY(read_instruction(reader, module_.features, i));
  at_ = reader.position();

  const Type ref = kRefType;
  const auto type = [&] { return loaded_.type(i.x); };
  const auto element_cells = [&] { return cells_of(type()->fields[0].storage); };
  switch (op) {
  case Op::struct_new: {
    const bool of_slots = has_fields_of_slots(*type());
    return object_call(of_slots ? &objects::struct_new_of_slots : &objects::struct_new,
                       {.type = type()}, type()->fields.size(), &ref);
  }
  case Op::struct_new_default:
    return object_call(&objects::struct_new_default, {.type = type()}, 0, &ref);
  case Op::struct_get:
  case Op::struct_get_s:
  case Op::struct_get_u: return get_field(i);
  case Op::struct_set: return set_field(i);
  case Op::array_new:
    return object_call(&objects::array_new, {.x = element_cells(), .type = type()}, 2, &ref);
  case Op::array_new_default:
    return object_call(&objects::array_new_default, {.type = type()}, 1, &ref);
  case Op::array_new_fixed:
    return object_call(&objects::array_new_fixed, {.y = i.y, .type = type()}, i.y, &ref);
  case Op::array_new_data:
    return object_call(&objects::array_new_data, {.y = i.y, .type = type()}, 2, &ref);
  case Op::array_new_elem:
    return object_call(&objects::array_new_elem, {.y = i.y, .type = type()}, 2, &ref);
  case Op::array_get:
  case Op::array_get_s:
  case Op::array_get_u: return get_element(i);
  case Op::array_set: return set_element(i);
  case Op::array_len: return on_ref(WAX_FIRST(OnRef, array_len), Type::i32);
  case Op::array_fill: return object_call(&objects::array_fill, {.x = element_cells()}, 4, nullptr);
  case Op::array_copy: return object_call(&objects::array_copy, {}, 5, nullptr);
  case Op::array_init_data: return object_call(&objects::array_init_data, {.y = i.y}, 4, nullptr);
  case Op::array_init_elem: return object_call(&objects::array_init_elem, {.y = i.y}, 4, nullptr);
  case Op::ref_test:
  case Op::ref_test_null: {
    Entry reference = pop();
    const bool accumulator = in_accumulator(reference);
    return produce(
        Type::i32, with_one(WAX_FIRST(OnRef, ref_test), accumulator),
        RefTest{.a = accumulator ? uint16_t{0} : source(reference, 0),
                .target = runtime::cast_target(i.cast.type, i.cast.nullable, loaded_.types())});
  }
  case Op::ref_cast:
  case Op::ref_cast_null: return ref_cast(i);
  case Op::br_on_cast:
  case Op::br_on_cast_fail: return br_on_cast(i);
  // Both hierarchies represent a value by the same word.
  case Op::any_convert_extern:
  case Op::extern_convert_any: return {};
  case Op::ref_i31: return on_ref(WAX_FIRST(OnRef, ref_i31), kRefType);
  case Op::i31_get_s: return on_ref(WAX_FIRST(OnRef, i31_get_s), Type::i32);
  case Op::i31_get_u: return on_ref(WAX_FIRST(OnRef, i31_get_u), Type::i32);
  default: return trap(TrapKind::unsupported);
  }
}

Result<void> Translator::get_field(const Instruction& instruction) {
  const RuntimeType& type = *loaded_.type(instruction.x);
  const ValType storage = type.fields[instruction.y].storage;
  const uint32_t offset = type.offsets[instruction.y];
  const Type result = type_of(storage.unpacked());
  if (result == Type::v128) return object_call(&objects::get_field_v128, {.x = offset}, 1, &result);
  const Id base = rule(load_of(storage, instruction.op == Op::struct_get_s)).field_base;
  Entry reference = pop();
  const bool accumulator = in_accumulator(reference);
  return produce(result, with_one(base, accumulator),
                 Access{.a = accumulator ? uint16_t{0} : source(reference, 0), .offset = offset});
}

Result<void> Translator::set_field(const Instruction& instruction) {
  const RuntimeType& type = *loaded_.type(instruction.x);
  const ValType storage = type.fields[instruction.y].storage;
  const uint32_t offset = type.offsets[instruction.y];
  if (type_of(storage.unpacked()) == Type::v128)
    return object_call(&objects::set_field_v128, {.x = offset}, 2, nullptr);
  const Id base = rule(store_of(storage)).field_base;
  Entry value = pop();
  Entry reference = pop();
  // (reference, value): SS, AS, SA
  if (in_accumulator(value))
    emit(nth(base, 2), StoreSlot{.a = source(reference, 1), .offset = offset});
  else if (in_accumulator(reference))
    emit(nth(base, 1), StoreSlot{.b = source(value, 0), .offset = offset});
  else
    emit(base, StoreSlot{.b = source(value, 0), .a = source(reference, 1), .offset = offset});
  return {};
}

Result<void> Translator::get_element(const Instruction& instruction) {
  const RuntimeType& type = *loaded_.type(instruction.x);
  const ValType storage = type.fields[0].storage;
  const Type result = type_of(storage.unpacked());
  if (result == Type::v128) return object_call(&objects::get_element_v128, {}, 2, &result);
  const Id base = rule(load_of(storage, instruction.op == Op::array_get_s)).element_base;
  const auto offset = static_cast<uint16_t>(type.object_size);
  Entry index = pop();
  Entry array = pop();
  // (array, index): SS, AS, SA
  if (in_accumulator(index))
    return produce(result, nth(base, 4), AccessSum{.a = source(array, 0), .offset = offset});
  if (in_accumulator(array))
    return produce(result, nth(base, 2), AccessSum{.b = source(index, 1), .offset = offset});
  return produce(result, base,
                 AccessSum{.a = source(array, 0), .b = source(index, 1), .offset = offset});
}

Result<void> Translator::set_element(const Instruction& instruction) {
  const RuntimeType& type = *loaded_.type(instruction.x);
  const ValType storage = type.fields[0].storage;
  if (type_of(storage.unpacked()) == Type::v128)
    return object_call(&objects::set_element_v128, {}, 3, nullptr);
  const Id base = rule(store_of(storage)).element_base;
  const auto offset = static_cast<uint16_t>(type.object_size);
  Entry value = pop();
  Entry index = pop();
  Entry array = pop();
  // (array, index, value): SSS, SAS, SSA
  if (in_accumulator(value))
    emit(nth(base, 2),
         StoreSumSlot{.a = source(array, 1), .a2 = source(index, 2), .offset = offset});
  else if (in_accumulator(index))
    emit(nth(base, 1),
         StoreSumSlot{.b = source(value, 0), .a = source(array, 1), .offset = offset});
  else
    emit(base, StoreSumSlot{.b = source(value, 0),
                            .a = source(array, 1),
                            .a2 = source(index, 2),
                            .offset = offset});
  return {};
}

/// An operator of one operand that is a handler.
Result<void> Translator::on_ref(Id base, Type result) {
  Entry operand = pop();
  const bool accumulator = in_accumulator(operand);
  return produce(result, with_one(base, accumulator),
                 DstSrc{.a = accumulator ? uint16_t{0} : source(operand, 0)});
}

/// A cast only looks at its operand, which stays where it is.
Result<void> Translator::ref_cast(const Instruction& instruction) {
  Entry reference = stack_.back();
  const runtime::CastTarget target =
      runtime::cast_target(instruction.cast.type, instruction.cast.nullable, loaded_.types());
  if (in_accumulator(reference))
    emit(WAX_FIRST(FromAcc, ref_cast_A), RefTest{.target = target});
  else
    emit(Id::ref_cast_S, RefTest{.a = source(reference, 0), .target = target});
  return {};
}

Result<void> Translator::br_on_cast(const Instruction& instruction) {
  Control& target = control(instruction.x);
  const bool is_return = target.kind == Control::Kind::function;
  const bool on_success = instruction.op == Op::br_on_cast;
  settle(stack_.back());
  if (is_return) settle_results();
  Entry reference = stack_.back();
  // The values move on the way that is taken only.
  Label over;
  const bool accumulator = in_accumulator(reference);
  const Id id = on_success ? (accumulator ? WAX_FIRST(FromAcc, if_not_cast_A) : Id::if_not_cast_S)
                           : (accumulator ? WAX_FIRST(FromAcc, if_cast_A) : Id::if_cast_S);
  RefBranch branch{.a = accumulator ? uint16_t{0} : source(reference, 0),
                   .target = runtime::cast_target(instruction.cast.type2,
                                                  instruction.cast.nullable2, loaded_.types())};
  const uint32_t position = emit(id, branch);
  refer(over, position + static_cast<uint32_t>(offsetof(RefBranch, rel)), position);
  go_to(target);
  bind(over);
  end_charge();
  return {};
}

/// An operator that is a function: all operands at home, side by side, and its result in the place
/// of the first. It may collect, so nothing is left in an accumulator alone.
Result<void> Translator::object_call(ObjectFunction function, ObjectCall call, size_t operands,
                                     const Type* result) {
  const size_t first = stack_.size() - operands;
  for (size_t i = first; i < stack_.size(); ++i) settle(stack_[i]);
  spill_all();
  call.at = operands == 0 ? height_ : stack_[first].home;
  call.top = height_;
  call.function = function;
  drop_to(static_cast<uint32_t>(first));
  if (result != nullptr) {
    need(call.at + slot_size(*result));
    written(call.at, size_of(*result));
  }
  emit(Id::object, call);
  return result == nullptr ? Result<void>{} : push_slot(*result);
}

} // namespace waxwing::interp
