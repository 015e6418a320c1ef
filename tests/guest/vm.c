// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small stack machine that runs three programs: a switch in a loop, which is what interpreters
// compiled to WebAssembly look like.
#include <stdint.h>
#include <stdio.h>

enum Op {
  kPush,
  kLoad,
  kStore,
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kLess,
  kEqual,
  kNot,
  kDup,
  kDrop,
  kJump,
  kJumpIfZero,
  kCall,
  kReturn,
  kPrint,
  kHalt
};

typedef struct {
  const int32_t* code;
  int32_t stack[1024];
  int32_t calls[256];
  int32_t variables[16];
  uint64_t steps;
} Machine;

static int run(Machine* m) {
  int32_t* sp = m->stack;
  int32_t depth = 0;
  for (int32_t pc = 0;;) {
    m->steps++;
    int32_t op = m->code[pc++];
    switch ((enum Op)op) {
    case kPush: *sp++ = m->code[pc++]; break;
    case kLoad: *sp++ = m->variables[m->code[pc++]]; break;
    case kStore: m->variables[m->code[pc++]] = *--sp; break;
    case kAdd:
      sp--;
      sp[-1] = (int32_t)((uint32_t)sp[-1] + (uint32_t)sp[0]);
      break;
    case kSub:
      sp--;
      sp[-1] = (int32_t)((uint32_t)sp[-1] - (uint32_t)sp[0]);
      break;
    case kMul:
      sp--;
      sp[-1] = (int32_t)((uint32_t)sp[-1] * (uint32_t)sp[0]);
      break;
    case kDiv:
      sp--;
      if (sp[0] == 0) return 1;
      sp[-1] /= sp[0];
      break;
    case kMod:
      sp--;
      if (sp[0] == 0) return 1;
      sp[-1] %= sp[0];
      break;
    case kLess:
      sp--;
      sp[-1] = sp[-1] < sp[0];
      break;
    case kEqual:
      sp--;
      sp[-1] = sp[-1] == sp[0];
      break;
    case kNot: sp[-1] = !sp[-1]; break;
    case kDup:
      *sp = sp[-1];
      sp++;
      break;
    case kDrop: sp--; break;
    case kJump: pc = m->code[pc]; break;
    case kJumpIfZero: pc = *--sp ? pc + 1 : m->code[pc]; break;
    case kCall:
      m->calls[depth++] = pc + 1;
      pc = m->code[pc];
      break;
    case kReturn: pc = m->calls[--depth]; break;
    case kPrint: printf("%d\n", *--sp); break;
    case kHalt: return 0;
    }
  }
}

// Variables: 0 n, 1 divisor, 2 count.
static const int32_t primes[] = {
    kPush,
    2,
    kStore,
    0,
    kPush,
    0,
    kStore,
    2,
    /* 8 */ kLoad,
    0,
    kPush,
    5000,
    kLess,
    kJumpIfZero,
    59,
    /* 15 */ kPush,
    2,
    kStore,
    1,
    /* 19 */ kLoad,
    1,
    kDup,
    kMul,
    kLoad,
    0,
    kPush,
    1,
    kAdd,
    kLess,
    kJumpIfZero,
    43,
    /* 31 */ kLoad,
    0,
    kLoad,
    1,
    kMod,
    kJumpIfZero,
    50,
    /* 38 */ kCall,
    64,
    kJump,
    19,
    kHalt,
    /* 43 */ kLoad,
    2,
    kPush,
    1,
    kAdd,
    kStore,
    2,
    /* 50 */ kLoad,
    0,
    kPush,
    1,
    kAdd,
    kStore,
    0,
    kJump,
    8,
    /* 59 */ kLoad,
    2,
    kPrint,
    kJump,
    72,
    /* 64 is the subroutine that takes the next divisor */
    kLoad,
    1,
    kPush,
    1,
    kAdd,
    kStore,
    1,
    kReturn,
    /* 72 */ kHalt,
};

int main(void) {
  static Machine m;
  m.code = primes;
  int status = run(&m);
  printf("primes: status %d, %llu steps\n", status, (unsigned long long)m.steps);

  // Collatz: the longest chain below 3000. Variables: 0 n, 1 x, 2 length, 3 best, 4 best n.
  const int32_t collatz[] = {
      kPush,
      1,
      kStore,
      0,
      /* 4 */ kLoad,
      0,
      kPush,
      3000,
      kLess,
      kJumpIfZero,
      73,
      /* 11 */ kLoad,
      0,
      kStore,
      1,
      kPush,
      0,
      kStore,
      2,
      /* 19 */ kLoad,
      1,
      kPush,
      1,
      kEqual,
      kNot,
      kJumpIfZero,
      51,
      /* 27 */ kLoad,
      2,
      kPush,
      1,
      kAdd,
      kStore,
      2,
      kLoad,
      1,
      kPush,
      2,
      kMod,
      kJumpIfZero,
      80,
      /* 41 */ kLoad,
      1,
      kPush,
      3,
      kMul,
      kPush,
      1,
      kAdd,
      kJump,
      88,
      /* 51 */ kLoad,
      3,
      kLoad,
      2,
      kLess,
      kJumpIfZero,
      66,
      /* 58 */ kLoad,
      2,
      kStore,
      3,
      kLoad,
      0,
      kStore,
      4,
      /* 66 */ kLoad,
      0,
      kPush,
      1,
      kAdd,
      kJump,
      92,
      /* 73 */ kLoad,
      4,
      kPrint,
      kLoad,
      3,
      kPrint,
      kHalt,
      /* 80 */ kLoad,
      1,
      kPush,
      2,
      kDiv,
      kJump,
      88,
      kHalt,
      /* 88 */ kStore,
      1,
      kJump,
      19,
      /* 92 */ kStore,
      0,
      kJump,
      4,
  };
  static Machine n;
  n.code = collatz;
  status = run(&n);
  printf("collatz: status %d, %llu steps\n", status, (unsigned long long)n.steps);

  const int32_t bad[] = {kPush, 1, kPush, 0, kDiv, kHalt};
  static Machine b;
  b.code = bad;
  printf("division by zero: status %d\n", run(&b));
  return 0;
}
