// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls: deep and mutual recursion, function pointers of several types, structures by value,
// variable arguments, large frames.
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static int is_odd(unsigned n);
__attribute__((noinline)) static int is_even(unsigned n) { return n == 0 ? 1 : is_odd(n - 1); }
__attribute__((noinline)) static int is_odd(unsigned n) { return n == 0 ? 0 : is_even(n - 1); }

typedef struct {
  double x, y;
  int64_t tag;
  char name[12];
} Point;

__attribute__((noinline)) static Point moved(Point p, double dx, float dy) {
  p.x += dx;
  p.y += (double)dy;
  p.tag = ~p.tag;
  p.name[0] = 'M';
  return p;
}

static double sum(const char* kinds, ...) {
  va_list list;
  va_start(list, kinds);
  double total = 0;
  for (; *kinds != '\0'; kinds++) {
    switch (*kinds) {
    case 'i': total += va_arg(list, int); break;
    case 'l': total += (double)va_arg(list, long long); break;
    case 'd': total += va_arg(list, double); break;
    case 's': total += atoi(va_arg(list, const char*)); break;
    }
  }
  va_end(list);
  return total;
}

__attribute__((noinline)) static uint32_t large_frame(int depth) {
  volatile uint32_t local[600];
  for (int i = 0; i < 600; i++) local[i] = (uint32_t)(i * depth);
  uint32_t below = depth > 0 ? large_frame(depth - 1) : 1;
  return local[depth % 600] + below * 3;
}

static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int mul(int a, int b) { return (int)((unsigned)a * (unsigned)b); }
static int64_t wide(int64_t a) { return a * 3; }
static double real(double a, float b) { return a / (double)b; }

static void hanoi(int n, int from, int to, int spare, unsigned* moves, unsigned* digest) {
  if (n == 0) return;
  hanoi(n - 1, from, spare, to, moves, digest);
  ++*moves;
  *digest = *digest * 31 + (unsigned)(from * 3 + to);
  hanoi(n - 1, spare, to, from, moves, digest);
}

int main(void) {
  printf("ackermann %u\n", ackermann(2, 300) + ackermann(3, 4));
  printf("even %d odd %d\n", is_even(15001), is_odd(15001));
  Point p = moved((Point){1.5, -2, 7, "point"}, 0.25, 0.5f);
  printf("%g %g %lld %s\n", p.x, p.y, (long long)p.tag, p.name);
  printf("sum %g\n", sum("idlsid", 1, 2.5, 1LL << 40, "17", -3, 0.125));
  printf("frames %u\n", large_frame(20));

  int (*const operations[])(int, int) = {add, sub, mul};
  int value = 1;
  for (int i = 1; i < 3000; i++) value = operations[i % 3](value, i) % 1000003;
  printf("pointers %d\n", value);
  int64_t (*volatile w)(int64_t) = wide;
  double (*volatile r)(double, float) = real;
  printf("%lld %g\n", (long long)w(1LL << 33), r(10, 4));
  unsigned moves = 0, digest = 0;
  hanoi(16, 0, 2, 1, &moves, &digest);
  printf("hanoi %u %u\n", moves, digest);
  return 0;
}
