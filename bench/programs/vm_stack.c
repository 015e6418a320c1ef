// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A machine with an operand stack and a switch, running a program that sieves and adds.
#include "bench.h"

enum Op { kPush, kLoad, kStore, kAdd, kSub, kMul, kLess, kEqual, kJump, kIf, kRead, kWrite, kHalt };
static const int32_t kProgram[] = {
    // for (i = 2; i < 1000; ++i) if (mem[i] == 0) { sum += i; for (j = i * i; j < 1000; j += i)
    // mem[j] = 1; }
    kPush, 2,     kStore, 0,                                        // 0
    kLoad, 0,     kPush,  1000,  kLess,  kIf,    15,  kHalt,        // 4
    kHalt, kHalt, kHalt,                                            // 12
    kLoad, 0,     kRead,  kPush, 0,      kEqual, kIf, 33,           // 15
    kLoad, 0,     kPush,  1,     kAdd,   kStore, 0,   kJump, 4,  0, // 23
    kLoad, 2,     kLoad,  0,     kAdd,   kStore, 2,                 // 33
    kLoad, 0,     kLoad,  0,     kMul,   kStore, 1,                 // 40
    kLoad, 1,     kPush,  1000,  kLess,  kIf,    56,  kJump, 23,    // 47
    kPush, 1,     kLoad,  1,     kWrite,                            // 56
    kLoad, 1,     kLoad,  0,     kAdd,   kStore, 1,   kJump, 47,    // 61
};
__attribute__((noinline)) static int64_t run(const int32_t* code, int32_t* memory) {
  int32_t stack[16], locals[4] = {0}, *top = stack;
  for (const int32_t* ip = code;;) {
    switch (*ip++) {
    case kPush: *top++ = *ip++; break;
    case kLoad: *top++ = locals[*ip++]; break;
    case kStore: locals[*ip++] = *--top; break;
    case kAdd:
      --top;
      top[-1] += top[0];
      break;
    case kSub:
      --top;
      top[-1] -= top[0];
      break;
    case kMul:
      --top;
      top[-1] *= top[0];
      break;
    case kLess:
      --top;
      top[-1] = top[-1] < top[0];
      break;
    case kEqual:
      --top;
      top[-1] = top[-1] == top[0];
      break;
    case kJump: ip = code + *ip; break;
    case kIf: ip = *--top ? code + *ip : ip + 1; break;
    case kRead: top[-1] = memory[top[-1]]; break;
    case kWrite:
      top -= 2;
      memory[top[1]] = top[0];
      break;
    default: return locals[2];
    }
  }
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  static int32_t memory[1000];
  uint64_t sum = 0;
  for (unsigned i = 0; i < n; ++i) {
    memset(memory, 0, sizeof memory);
    sum = sum * 3 + (uint64_t)run(kProgram, memory);
  }
  show("sum", sum);
}
