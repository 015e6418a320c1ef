// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/const_expr.hpp"

#include <cstring>

#include "base/reader.hpp"
#include "runtime/gc/aggregate.hpp"
#include "wasm/eval.hpp"
#include "wasm/instruction.hpp"

namespace waxwing::runtime {

namespace {

template <class T>
V128 pack(const T& value) {
  V128 packed{};
  store_unaligned(&packed, value);
  return packed;
}

static_assert(Op::i32_mul < Op::i64_add);
/// The operators with two operands. Those on i32 are those on i64, modulo 2^32.
uint64_t apply(Op op, const V128& left, const V128& right) {
  const auto a = load_unaligned<uint64_t>(&left);
  const auto b = load_unaligned<uint64_t>(&right);
  uint64_t result = 0;
  switch (op) {
  case Op::i32_add:
  case Op::i64_add: result = eval<Op::i64_add>(a, b); break;
  case Op::i32_sub:
  case Op::i64_sub: result = eval<Op::i64_sub>(a, b); break;
  default: result = eval<Op::i64_mul>(a, b);
  }
  return op < Op::i64_add ? static_cast<uint32_t>(result) : result;
}

/// Puts an object in the place of the topmost `count` operands.
WAX_NOINLINE Result<void> replace(Vec<V128>& stack, size_t count, const Object* object) {
  if (object == nullptr) return fail(ErrorCode::gc_heap_limit);
  stack.truncate(stack.size() - count);
  return stack.push(pack(ref_of(object)));
}

/// The operators of garbage collection. Operands stay on the stack, where a collection finds them,
/// until they are in the object.
Result<void> apply_object(Instance& instance, const Instruction& instruction, Vec<V128>& stack) {
  // Both hierarchies represent a value by the same word.
  if (instruction.op == Op::any_convert_extern || instruction.op == Op::extern_convert_any)
    return {};
  if (instruction.op == Op::ref_i31) {
    stack.back() = pack(make_i31(load_unaligned<uint32_t>(&stack.back())));
    return {};
  }
  Heap& heap = instance.owner().heap();
  const RuntimeType& type = *instance.loaded().type(instruction.x);
  if (instruction.op == Op::array_new || instruction.op == Op::array_new_default) {
    const auto length = load_unaligned<uint32_t>(&stack.back());
    if (instruction.op == Op::array_new_default)
      return replace(stack, 1, heap.new_array(type, length));
    return replace(stack, 2, array_new(instance.owner(), type, stack.end() - 2, length));
  }
  // What is filled with the topmost operands.
  const bool is_struct = instruction.op != Op::array_new_fixed;
  size_t count = instruction.y;
  if (is_struct) count = instruction.op == Op::struct_new ? type.fields.size() : 0;
  ArrayObject* array = nullptr;
  Object* made = nullptr;
  if (is_struct)
    made = heap.new_struct(type);
  else
    made = array = heap.new_array(type, instruction.y);
  const V128* value = stack.end() - count;
  for (uint32_t i = 0; made != nullptr && i < count; ++i, ++value)
    store_storage(is_struct ? field_of(made, type.offsets[i]) : element_of(array, i),
                  type.fields[is_struct ? i : 0].storage, value);
  return replace(stack, count, made);
}

} // namespace

Result<void> evaluate(Instance& instance, ConstExpr expression, Vec<V128>& stack, V128& value) {
  const Module& module = instance.module();
  ByteReader reader(module.slice(expression), expression.offset);
  Instruction instruction;
  stack.clear();
  while (true) {
    TRY(read_instruction(reader, module.features, instruction));
    V128 result{};
    switch (instruction.op) {
    case Op::end: value = stack.back(); return {};
    case Op::i32_const: store_unaligned(&result, instruction.i32); break;
    case Op::i64_const: store_unaligned(&result, instruction.i64); break;
    case Op::f32_const: store_unaligned(&result, instruction.f32); break;
    case Op::f64_const: store_unaligned(&result, instruction.f64); break;
    case Op::v128_const: result = instruction.v128; break;
    case Op::i32_add:
    case Op::i32_sub:
    case Op::i32_mul:
    case Op::i64_add:
    case Op::i64_sub:
    case Op::i64_mul: {
      const V128 b = stack.pop();
      stack.back() = pack(apply(instruction.op, stack.back(), b));
      continue;
    }
    case Op::ref_null: break;
    case Op::ref_func:
      store_unaligned(&result, reinterpret_cast<Ref>(instance.func_ref(instruction.x)));
      break;
    case Op::global_get:
      result = load_unaligned<V128>(instance.globals[instruction.x]->value);
      break;
    default:
      if (instruction.op < Op::struct_new || instruction.op > Op::i31_get_u) // prefix 0xFB
        return fail(ErrorCode::unsupported_constant, instruction.offset, 0, 0,
                    static_cast<uint16_t>(instruction.op));
      if (auto made = apply_object(instance, instruction, stack); !made) {
        made.error().offset = instruction.offset;
        return made;
      }
      continue;
    }
    TRY(stack.push(result));
  }
}

} // namespace waxwing::runtime
