// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/const_expr.hpp"

#include <cstring>

#include "base/reader.hpp"
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
    case Op::ref_i31:
      stack.back() = pack(static_cast<Ref>(load_unaligned<uint32_t>(&stack.back())) << 1 | 1);
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
