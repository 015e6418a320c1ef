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

template <Op kOp>
uint64_t apply(const V128& a, const V128& b) {
  using T = OpTypes<kOp>::A;
  return eval<kOp>(load_unaligned<T>(&a), load_unaligned<T>(&b));
}

/// The operators with two operands.
uint64_t apply(Op op, const V128& a, const V128& b) {
  switch (op) {
  case Op::i32_add: return apply<Op::i32_add>(a, b);
  case Op::i32_sub: return apply<Op::i32_sub>(a, b);
  case Op::i32_mul: return apply<Op::i32_mul>(a, b);
  case Op::i64_add: return apply<Op::i64_add>(a, b);
  case Op::i64_sub: return apply<Op::i64_sub>(a, b);
  default: return apply<Op::i64_mul>(a, b);
  }
}

/// Puts an object in the place of the topmost `count` operands.
WAX_NOINLINE Result<void> replace(Vec<V128>& stack, size_t count, const Object* object) {
  if (object == nullptr) return fail(ErrorCode::gc_heap_limit);
  stack.truncate(stack.size() - count);
  return stack.push(pack(ref_of(object)));
}

/// The operators that allocate. Operands stay on the stack, where a collection finds them, until
/// they are in the object.
Result<void> make_object(Instance& instance, const Instruction& instruction, Vec<V128>& stack) {
  Heap& heap = instance.owner().heap();
  const RuntimeType& type = *instance.loaded().type(instruction.x);
  // What is filled with the topmost operands, and how many it takes away.
  Object* made = nullptr;
  size_t count = 0;
  switch (instruction.op) {
  case Op::struct_new_default: made = heap.new_struct(type); break;
  case Op::struct_new:
    count = type.fields.size();
    made = heap.new_struct(type);
    break;
  case Op::array_new_fixed:
    count = instruction.y;
    made = heap.new_array(type, instruction.y);
    break;
  default: { // array.new, array.new_default
    const auto length = load_unaligned<uint32_t>(&stack.back());
    if (instruction.op == Op::array_new_default)
      return replace(stack, 1, heap.new_array(type, length));
    return replace(stack, 2, array_new(instance.owner(), type, stack.end() - 2, length));
  }
  }
  const bool is_struct = instruction.op == Op::struct_new;
  const V128* value = stack.end() - count;
  for (uint32_t i = 0; made != nullptr && i < count; ++i, ++value)
    store_storage(is_struct ? field_of(made, type.offsets[i])
                            : element_of(static_cast<ArrayObject*>(made), i),
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
    case Op::ref_i31:
      stack.back() = pack(make_i31(load_unaligned<uint32_t>(&stack.back())));
      continue;
    case Op::struct_new:
    case Op::struct_new_default:
    case Op::array_new:
    case Op::array_new_default:
    case Op::array_new_fixed:
      if (auto made = make_object(instance, instruction, stack); !made) {
        made.error().offset = instruction.offset;
        return made;
      }
      continue;
    // Both hierarchies represent a value by the same word.
    case Op::any_convert_extern:
    case Op::extern_convert_any: continue;
    default:
      return fail(ErrorCode::unsupported_constant, instruction.offset, 0, 0,
                  static_cast<uint16_t>(instruction.op));
    }
    TRY(stack.push(result));
  }
}

} // namespace waxwing::runtime
