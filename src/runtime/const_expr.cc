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
  std::memcpy(&packed, &value, sizeof value);
  return packed;
}

template <Op kOp, class T>
void apply(Vec<V128>& stack) {
  const T b = load_unaligned<T>(&stack.back());
  stack.truncate(stack.size() - 1);
  stack.back() = pack<T>(eval<kOp>(load_unaligned<T>(&stack.back()), b));
}

/// Puts an object in the place of the topmost `count` operands.
Result<void> replace(Vec<V128>& stack, size_t count, const Object* object) {
  if (object == nullptr) return fail(ErrorCode::gc_heap_limit);
  stack.truncate(stack.size() - count);
  return stack.push(pack(ref_of(object)));
}

/// The operators that allocate. Operands stay on the stack, where a collection finds them, until
/// they are in the object.
Result<void> make_object(Instance& instance, const Instruction& instruction, Vec<V128>& stack) {
  Heap& heap = instance.owner().heap();
  const RuntimeType& type = *instance.loaded().type(instruction.x);
  const auto operand = [&](size_t count, size_t i) { return &stack[stack.size() - count + i]; };
  switch (instruction.op) {
  case Op::struct_new: {
    const size_t count = type.fields.size();
    StructObject* made = heap.new_struct(type);
    for (size_t i = 0; made != nullptr && i < count; ++i)
      store_storage(field_of(made, type.offsets[i]), type.fields[i].storage, operand(count, i));
    return replace(stack, count, made);
  }
  case Op::struct_new_default: return replace(stack, 0, heap.new_struct(type));
  case Op::array_new: {
    const auto length = load_unaligned<uint32_t>(operand(1, 0));
    return replace(stack, 2, array_new(instance.owner(), type, operand(2, 0), length));
  }
  case Op::array_new_default: {
    const auto length = load_unaligned<uint32_t>(operand(1, 0));
    return replace(stack, 1, heap.new_array(type, length));
  }
  default: { // array.new_fixed
    const size_t count = instruction.y;
    ArrayObject* made = heap.new_array(type, instruction.y);
    for (uint32_t i = 0; made != nullptr && i < count; ++i)
      store_storage(element_of(made, i), type.fields[0].storage, operand(count, i));
    return replace(stack, count, made);
  }
  }
}

} // namespace

Result<void> evaluate(Instance& instance, ConstExpr expression, Vec<V128>& stack, V128& value) {
  const Module& module = instance.module();
  ByteReader reader(module.slice(expression), expression.offset);
  Instruction instruction;
  stack.clear();
  while (true) {
    TRY(read_instruction(reader, module.features, instruction));
    switch (instruction.op) {
    case Op::end: value = stack.back(); return {};
    case Op::i32_const: TRY(stack.push(pack(instruction.i32))); break;
    case Op::i64_const: TRY(stack.push(pack(instruction.i64))); break;
    case Op::f32_const: TRY(stack.push(pack(instruction.f32))); break;
    case Op::f64_const: TRY(stack.push(pack(instruction.f64))); break;
    case Op::v128_const: TRY(stack.push(instruction.v128)); break;
    case Op::i32_add: apply<Op::i32_add, uint32_t>(stack); break;
    case Op::i32_sub: apply<Op::i32_sub, uint32_t>(stack); break;
    case Op::i32_mul: apply<Op::i32_mul, uint32_t>(stack); break;
    case Op::i64_add: apply<Op::i64_add, uint64_t>(stack); break;
    case Op::i64_sub: apply<Op::i64_sub, uint64_t>(stack); break;
    case Op::i64_mul: apply<Op::i64_mul, uint64_t>(stack); break;
    case Op::ref_null: TRY(stack.push(pack(Ref{0}))); break;
    case Op::ref_func:
      TRY(stack.push(pack(reinterpret_cast<Ref>(instance.func_ref(instruction.x)))));
      break;
    case Op::global_get:
      TRY(stack.push(load_unaligned<V128>(instance.globals[instruction.x]->value)));
      break;
    case Op::ref_i31: stack.back() = pack(make_i31(load_unaligned<uint32_t>(&stack.back()))); break;
    case Op::struct_new:
    case Op::struct_new_default:
    case Op::array_new:
    case Op::array_new_default:
    case Op::array_new_fixed:
      if (auto made = make_object(instance, instruction, stack); !made) {
        made.error().offset = instruction.offset;
        return made;
      }
      break;
    // Both hierarchies represent a value by the same word.
    case Op::any_convert_extern:
    case Op::extern_convert_any: break;
    default:
      return fail(ErrorCode::unsupported_constant, instruction.offset, 0, 0,
                  static_cast<uint16_t>(instruction.op));
    }
  }
}

} // namespace waxwing::runtime
