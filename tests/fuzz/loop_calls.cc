// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random calls of loops over memories, compiled in ways that may make vectors of them, against code
// that is not optimised and compares every address: whether the call traps, its results, and all of
// the memories must be the same after each.
//
//   loop_calls [--calls N] [--seed N] [--seconds N]
//
// The calls (20000) are divided among the ways to compile. Addresses lie around 0, the end of the
// memory, 2^31 and 2^32, so that operands overlap, loops run out of bounds and indices wrap.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "compile/codegen.hpp"
#include "compile/job.hpp"
#include "image/image.hpp"
#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "runtime/linker.hpp"
#include "text/parse.hpp"

namespace waxwing {
namespace {

using runtime::Cell;
using runtime::Outcome;

constexpr uint64_t kPages = 2;
constexpr uint64_t kBytes = kPages << 16;

/// Bodies of functions (p, q, r, n, m) of the type of addresses, `%`, which give an i32. {n: body}
/// runs n times with $i from 0 on, {n#: body} with $j. $s is what they give.
constexpr const char* kKernels[] = {
    // y[i] += 3 * x[i]
    R"({n: (i32.store (%.add (local.get $q) (%.shl (local.get $i) (%.const 2)))
         (i32.add (i32.load (%.add (local.get $q) (%.shl (local.get $i) (%.const 2))))
                  (i32.mul (i32.const 3)
                           (i32.load (%.add (local.get $p) (%.shl (local.get $i) (%.const 2)))))))})",
    // The same of floats, unrolled by a compiler, by pointers that move.
    R"({n: (f32.store (local.get $q) (f32.add (f32.load (local.get $q))
             (f32.mul (f32.load (local.get $p)) (f32.const 1.5))))
           (f32.store offset=4 (local.get $q) (f32.add (f32.load offset=4 (local.get $q))
             (f32.mul (f32.load offset=4 (local.get $p)) (f32.const 1.5))))
           (local.set $p (%.add (local.get $p) (%.const 8)))
           (local.set $q (%.add (local.get $q) (%.const 8)))})",
    // Downwards by three.
    R"({n: (local.set $s (i32.add (local.get $s) (i32.load offset=8 (local.get $p))))
           (local.set $p (%.sub (local.get $p) (%.const 12)))})",
    // Nobody wants what is loaded.
    R"({n: (drop (i64.load (%.add (local.get $p) (%.mul (local.get $i) (%.const 5)))))
           (local.set $s (i32.add (local.get $s) (i32.const 1)))})",
    R"({n: (local.set $s (i32.add (local.get $s)
             (i32.load16_u (%.add (local.get $p) (%.shl (local.get $i) (%.const 1))))))})",
    // A table that bytes index.
    R"({n: (local.set $s (i32.add (local.get $s) (i32.load (%.add (local.get $q)
             (%.shl (%.load8_u (%.add (local.get $p) (local.get $i))) (%.const 2))))))})",
    R"({n: (i32.store8 (%.add (local.get $r) (local.get $i)) (i32.load8_u (%.add (local.get $q)
             (%.load8_u (%.add (local.get $p) (local.get $i))))))})",
    // Transposed.
    R"({m: {n#: (i32.store (%.add (local.get $q) (%.shl (%.add (local.get $i)
                   (%.mul (local.get $j) (%.const 24))) (%.const 2)))
                 (i32.load (%.add (local.get $p) (%.shl (%.add (local.get $j)
                   (%.mul (local.get $i) (%.const 24))) (%.const 2)))))}})",
    // A product of matrices.
    R"({m: {n#: (local.set $s (i32.add (local.get $s) (i32.mul
             (i32.load (%.add (local.get $p) (%.shl (local.get $j) (%.const 2))))
             (i32.load (%.add (local.get $q) (%.mul (local.get $j) (%.const 40)))))))
           (i32.store (%.add (local.get $r) (%.shl (local.get $j) (%.const 2))) (local.get $s))}
        (local.set $p (%.add (local.get $p) (%.const 40)))})",
    // Ends early.
    R"({n: (local.set $s (i32.load8_u (%.add (local.get $p) (local.get $i))))
           (br_if $return (i32.eq (local.get $s) (i32.const 77)))})",
    R"({m: {n#: (i32.store (%.add (local.get $q) (%.shl (local.get $j) (%.const 2)))
                (i32.add (local.get $s)
                  (i32.load (%.add (local.get $p) (%.shl (local.get $j) (%.const 2))))))}
        (local.set $s (i32.load8_u (%.add (local.get $r) (local.get $i))))
        (br_if $return (i32.gt_u (local.get $s) (i32.const 250)))})",
    // A division by what may be 0, and a trap between two loops over the same places.
    R"({m: (local.set $s (i32.div_u (i32.const 1000)
              (i32.and (i32.load8_u (%.add (local.get $r) (local.get $i))) (i32.const 15))))
           {n#: (i32.store (%.add (local.get $q) (%.shl (local.get $j) (%.const 2)))
                  (i32.add (local.get $s) (i32.load
                    (%.add (local.get $p) (%.shl (local.get $j) (%.const 2))))))}})",
    R"({n: (i32.store offset=64 (%.add (local.get $q) (%.shl (local.get $i) (%.const 2)))
             (i32.load (%.add (local.get $p) (%.shl (local.get $i) (%.const 2)))))}
       (global.set $g (i32.add (global.get $g) (i32.const 1)))
       (drop (i32.load (local.get $r)))
       (global.set $g (i32.add (global.get $g) (i32.const 1)))
       {n: (i32.store offset=64 (%.add (local.get $q) (%.shl (local.get $i) (%.const 2)))
             (i32.add (i32.load offset=4 (%.add (local.get $p) (%.shl (local.get $i) (%.const 2))))
                      (i32.const 7)))})",
    // Offsets beyond the page, an index that is less than its base, widths that differ.
    R"({n: (i64.store offset=65536 (%.add (local.get $q) (%.shl (local.get $i) (%.const 3)))
             (i64.load32_s offset=65532 (%.add (local.get $p) (%.shl (local.get $i) (%.const 2)))))})",
    R"({n: (i32.store offset=4 (%.sub (%.add (local.get $q) (%.shl (local.get $i) (%.const 2)))
                                      (%.const 4))
             (i32.load offset=16 (%.sub (%.add (local.get $p) (%.shl (local.get $i) (%.const 2)))
                                        (%.const 16))))})",
    R"({n: (i32.store16 (%.add (local.get $q) (%.shl (local.get $i) (%.const 1)))
             (i32.mul (i32.load8_s (%.add (local.get $p) (local.get $i))) (i32.const 5)))})",
    // Backwards, as if the places overlapped.
    R"({n: (local.set $n (%.sub (local.get $n) (%.const 1)))
           (i32.store (%.add (local.get $q) (%.shl (local.get $n) (%.const 2)))
             (i32.load (%.add (local.get $p) (%.shl (local.get $n) (%.const 2)))))
           (local.set $i (%.sub (local.get $i) (%.const 1)))})",
    // Vectors.
    R"({n: (v128.store (%.add (local.get $q) (%.shl (local.get $i) (%.const 4)))
             (i32x4.add (v128.load (%.add (local.get $p) (%.shl (local.get $i) (%.const 4))))
                        (v128.load offset=3 align=1 (local.get $r))))})",
    R"({n: (v128.store8_lane 3 (%.add (local.get $q) (local.get $i))
             (v128.load8_splat (%.add (local.get $p) (local.get $i))))})",
    // One of two places.
    R"({n: (if (i32.and (i32.load8_u (%.add (local.get $p) (local.get $i))) (i32.const 1))
             (then (i32.store8 (%.add (local.get $q) (local.get $i)) (i32.const 1)))
             (else (i32.store8 (%.add (local.get $r) (local.get $i)) (i32.const 2))))})",
    // From one memory to the other.
    R"({n: (i32.store $b (%.add (local.get $q) (%.shl (local.get $i) (%.const 2)))
             (i32.add (i32.load (%.add (local.get $p) (%.shl (local.get $i) (%.const 2))))
                      (i32.load $b (%.add (local.get $r) (%.shl (local.get $i) (%.const 2))))))})",
    // A global that changes in between, a call, growing.
    R"({n: (i32.store (%.add (local.get $q) (%.shl (local.get $i) (%.const 2))) (global.get $g))})",
    R"({n: (global.set $g (i32.load (%.add (local.get $p) (%.shl (local.get $i) (%.const 2)))))})",
    R"({n: (i32.store (%.add (local.get $q) (%.shl (local.get $i) (%.const 2)))
             (call $load (%.add (local.get $p) (%.shl (local.get $i) (%.const 2)))))})",
    R"({n: (drop (memory.grow (%.const 0)))
           (i32.store (%.add (local.get $q) (%.shl (local.get $i) (%.const 2))) (i32.const 5))})",
    // Unrolled by a compiler: by four, a sum of products, by three, loads first, in the wrong
    // steps.
    R"({n: (i32.store (local.get $q) (i32.add (i32.load (local.get $p)) (i32.const 5)))
           (i32.store offset=4 (local.get $q) (i32.add (i32.load offset=4 (local.get $p)) (i32.const 5)))
           (i32.store offset=8 (local.get $q) (i32.add (i32.load offset=8 (local.get $p)) (i32.const 5)))
           (i32.store offset=12 (local.get $q) (i32.add (i32.load offset=12 (local.get $p)) (i32.const 5)))
           (local.set $p (%.add (local.get $p) (%.const 16)))
           (local.set $q (%.add (local.get $q) (%.const 16)))})",
    R"({n: (local.set $s (i32.add (i32.mul (i32.load8_s offset=3 (local.get $q)) (i32.load8_s offset=3 (local.get $p)))
             (i32.add (i32.mul (i32.load8_s offset=2 (local.get $q)) (i32.load8_s offset=2 (local.get $p)))
             (i32.add (i32.mul (i32.load8_s offset=1 (local.get $q)) (i32.load8_s offset=1 (local.get $p)))
             (i32.add (i32.mul (i32.load8_s (local.get $q)) (i32.load8_s (local.get $p))) (local.get $s))))))
           (local.set $p (%.add (local.get $p) (%.const 4)))
           (local.set $q (%.add (local.get $q) (%.const 4)))})",
    R"({m: {n#: (i64.store (local.get $q) (i64.xor (i64.load (local.get $q)) (i64.load (local.get $p))))
           (i64.store offset=8 (local.get $q) (i64.xor (i64.load offset=8 (local.get $q)) (i64.load offset=8 (local.get $p))))
           (i64.store offset=16 (local.get $q) (i64.xor (i64.load offset=16 (local.get $q)) (i64.load offset=16 (local.get $p))))
           (local.set $p (%.add (local.get $p) (%.const 24)))
           (local.set $q (%.add (local.get $q) (%.const 24)))}})",
    R"({n: (local.set $s (i32.load (local.get $p))) (local.set $t (i32.load offset=4 (local.get $p)))
           (i32.store (local.get $q) (local.get $s)) (i32.store offset=4 (local.get $q) (local.get $t))
           (local.set $p (%.add (local.get $p) (%.const 8)))
           (local.set $q (%.add (local.get $q) (%.const 8)))})",
    R"({n: (i32.store offset=4 (local.get $q) (i32.load (local.get $q)))
           (i32.store offset=8 (local.get $q) (i32.load offset=4 (local.get $q)))
           (local.set $q (%.add (local.get $q) (%.const 8)))})",
    R"({n: (local.set $s (i32.load (local.get $q))) (local.set $t (i32.load offset=4 (local.get $q)))
           (i32.store offset=4 (local.get $q) (local.get $s)) (i32.store offset=8 (local.get $q) (local.get $t))
           (local.set $q (%.add (local.get $q) (%.const 8)))})",
    R"({n: (i32.store (local.get $q) (i32.load (local.get $p)))
           (i32.store offset=4 (local.get $q) (i32.load offset=8 (local.get $p)))
           (local.set $p (%.add (local.get $p) (%.const 8)))
           (local.set $q (%.add (local.get $q) (%.const 8)))})",
    R"({n: (local.set $s (i32.xor (i32.load16_u (local.get $p))
             (i32.xor (i32.load16_u offset=2 (local.get $p)) (local.get $s))))
           (local.set $p (%.sub (local.get $p) (%.const 4)))})",
    R"({n: (i32.store16 (local.get $q) (i32.load16_u offset=6 (local.get $p)))
           (i32.store16 offset=2 (local.get $q) (i32.load16_u offset=4 (local.get $p)))
           (local.set $t (i32.add (local.get $t) (i32.const 3)))
           (local.set $s (i32.mul (local.get $t) (local.get $s)))
           (local.set $p (%.sub (local.get $p) (%.const 4)))
           (local.set $q (%.add (local.get $q) (%.const 4)))})",
    // The greatest, the least, all bits, by two.
    R"({n: (local.set $t (i32.load (local.get $p)))
           (local.set $s (select (local.get $s) (local.get $t) (i32.gt_s (local.get $s) (local.get $t))))
           (local.set $t (i32.load offset=4 (local.get $p)))
           (local.set $s (select (local.get $s) (local.get $t) (i32.gt_s (local.get $s) (local.get $t))))
           (local.set $p (%.add (local.get $p) (%.const 8)))})",
    R"((local.set $s (i32.const -1))
       {n: (local.set $t (i32.load16_u offset=2 (local.get $p)))
           (local.set $s (select (local.get $s) (local.get $t) (i32.lt_u (local.get $s) (local.get $t))))
           (local.set $t (i32.load16_u (local.get $p)))
           (local.set $s (select (local.get $s) (local.get $t) (i32.lt_u (local.get $s) (local.get $t))))
           (local.set $p (%.add (local.get $p) (%.const 4)))})",
    R"({n: (local.set $s (i32.or (i32.or (local.get $s) (i32.load (local.get $p)))
             (i32.load offset=4 (local.get $p))))
           (local.set $p (%.add (local.get $p) (%.const 8)))})",
    // In steps of two up to what may be odd, or less: then it runs until an address is out of
    // bounds.
    R"((local.set $i (local.get $m))
       (loop $k
         (local.set $s (i32.add (i32.add (local.get $s)
           (i32.load (%.add (local.get $p) (%.shl (local.get $i) (%.const 2)))))
           (i32.load offset=4 (%.add (local.get $p) (%.shl (local.get $i) (%.const 2))))))
         (local.set $i (%.add (local.get $i) (%.const 2)))
         (br_if $k (%.ne (local.get $i) (local.get $n)))))",
    R"((local.set $i (local.get $m))
       (loop $k
         (i32.store (%.add (local.get $q) (%.shl (local.get $i) (%.const 2)))
           (i32.add (i32.load (%.add (local.get $p) (%.shl (local.get $i) (%.const 2)))) (i32.const 9)))
         (local.set $i (%.add (local.get $i) (%.const 6)))
         (br_if $k (%.ne (local.get $i) (local.get $n)))))",
    R"({m: (global.set $g (i32.add (global.get $g) (i32.const 1)))
           (local.set $j (local.get $n))
           (loop $k
             (i64.store offset=8 (%.add (local.get $q) (%.shl (local.get $j) (%.const 1)))
               (i64.load32_u (%.add (local.get $p) (local.get $j))))
             (local.set $j (%.sub (local.get $j) (%.const 4)))
             (br_if $k (%.ne (local.get $j) (%.const 0))))})",
    // Places a constant apart, that a loop around moves.
    R"({m: (global.set $g (i32.add (global.get $g) (i32.const 1)))
           {n#: (local.set $t (i32.load (%.add (%.add (local.get $p) (%.mul (local.get $i) (%.const 40)))
                   (%.shl (local.get $j) (%.const 3)))))
             (local.set $s (i32.xor (local.get $s) (local.get $t)))
             (local.set $t (i32.load (%.add (%.add (%.add (local.get $p) (%.const 4))
               (%.mul (local.get $i) (%.const 40))) (%.shl (local.get $j) (%.const 3)))))
             (local.set $s (i32.xor (local.get $s) (local.get $t)))}})",
    R"({m: (global.set $g (i32.add (global.get $g) (i32.const 1)))
           {n#: (i32.store16 (%.add (%.add (%.sub (local.get $q) (%.const 60))
                   (%.mul (local.get $i) (%.const -20))) (%.shl (local.get $j) (%.const 1)))
                 (i32.load16_u (%.add (%.add (local.get $q) (%.mul (local.get $i) (%.const -20)))
                   (%.shl (local.get $j) (%.const 1)))))}})",
    // What bytes say is done, and the next one looked up behind each.
    R"((loop $k
         (local.set $p (%.add (local.get $p) (%.const 1)))
         (block $4 (block $3 (block $2 (block $1 (block $0
           (br_table $0 $1 $2 $3 $4 (i32.and (i32.load8_u (local.get $p)) (i32.const 7)))
         )
           (local.set $s (i32.add (local.get $s) (i32.const 3)))
           (br $k)
         )
           (local.set $s (i32.xor (i32.load (local.get $q)) (local.get $s)))
           (local.set $p (%.add (local.get $p) (%.const 2)))
           (br $k)
         )
           (i32.store (local.get $q) (i32.mul (local.get $s) (i32.const 13)))
           (local.set $q (%.add (local.get $q) (%.const 5)))
           (br $k)
         )
           (local.set $t (i32.load8_u offset=1 (local.get $p)))
           (if (i32.lt_u (local.get $t) (i32.const 99)) (then
             (local.set $s (i32.rotl (local.get $s) (local.get $t)))))
           (br $k)
         )
         (i32.store8 (local.get $p) (local.get $s))
         (br_if $k (%.ne (local.tee $n (%.sub (local.get $n) (%.const 1))) (%.const 0)))))",
    // Two halves, read as one, and what may be stored to them in between.
    R"({n: (i32.store offset=4 (local.get $p) (local.get $s))
           (i32.store (local.get $p) (i32.load (local.get $q)))
           (i64.store offset=2 (local.get $q) (i64.load (local.get $p)))
           (i64.store (local.get $r) (i64.load (local.get $p)))
           (local.set $s (i32.add (local.get $s) (i32.load offset=1 (local.get $p))))
           (local.set $p (%.add (local.get $p) (%.const 4)))
           (br_if $return (i32.eq (local.get $s) (i32.const 5)))})",
    R"({n: (i64.store offset=8 (local.get $p) (i64.load (local.get $r)))
           (i64.store (local.get $p) (i64.load32_s (local.get $q)))
           (i32.store8 offset=11 (local.get $q) (local.get $s))
           (v128.store offset=3 (local.get $q) (v128.load (local.get $p)))
           (i64.store offset=8 (local.get $p) (i64.load32_u (local.get $q)))
           (v128.store (local.get $r) (v128.load (local.get $p)))
           (local.set $p (%.add (local.get $p) (%.const 6)))
           (local.set $s (i32.add (local.get $s) (i32.const 1)))
           (br_if $return (i32.eqz (i32.load8_u (local.get $p))))})",
    // Short, with much in it.
    R"((loop $k
         (local.set $t (i32.load (%.add (local.get $p) (%.shl (local.get $i) (%.const 2)))))
         (i32.store (local.get $q) (i32.add (local.get $t) (i32.load (local.get $q))))
         (i32.store offset=4 (local.get $q) (i32.sub (i32.load offset=4 (local.get $q)) (local.get $t)))
         (i32.store offset=8 (local.get $q) (i32.xor (i32.load offset=8 (local.get $q)) (local.get $t)))
         (i32.store offset=12 (local.get $q) (i32.or (i32.load offset=12 (local.get $q)) (local.get $t)))
         (local.set $q (%.add (local.get $q) (%.const 4)))
         (br_if $k (%.ne (local.tee $i (%.add (local.get $i) (%.const 1))) (%.const 9)))))",
    // Rows as long as is known only when the loop runs; columns; upwards; a diagonal.
    R"({m: {n#: (i32.store (%.add (local.get $q) (%.shl (%.add (local.get $j)
                   (%.mul (local.get $i) (local.get $n))) (%.const 2)))
                 (i32.add (i32.const 7) (i32.load (%.add (local.get $p) (%.shl (%.add (local.get $j)
                   (%.mul (local.get $i) (local.get $n))) (%.const 2))))))}})",
    R"({m: {n#: (local.set $s (i32.add (local.get $s) (i32.load (%.add (local.get $p)
                   (%.shl (%.add (local.get $i) (%.mul (local.get $j) (local.get $m))) (%.const 2))))))}
           (i32.store (%.add (local.get $q) (%.shl (local.get $i) (%.const 2))) (local.get $s))})",
    R"({m: {n#: (i64.store (%.add (local.get $q) (%.shl (local.get $j) (%.const 3)))
                 (i64.load (%.add (local.get $p) (%.shl (local.get $j) (%.const 3)))))}
           (local.set $q (%.sub (local.get $q) (%.shl (local.get $n) (%.const 3))))
           (local.set $p (%.sub (local.get $p) (%.mul (local.get $n) (%.const 12))))})",
    R"({m: {n#: (i32.store16 (%.add (local.get $q) (%.shl (local.get $j) (%.const 1)))
                 (i32.load8_u (%.add (local.get $p) (local.get $j))))}
           (local.set $q (%.add (local.get $q) (%.add (%.shl (local.get $n) (%.const 1)) (%.const 2))))
           (local.set $p (%.add (local.get $p) (local.get $n)))})",
    // The same array, in which rows follow from those before.
    R"({m: {n#: (i32.store (%.add (%.add (local.get $q) (%.shl (local.get $n) (%.const 2)))
                   (%.shl (%.add (local.get $j) (%.mul (local.get $i) (local.get $n))) (%.const 2)))
                 (i32.add (i32.load offset=4 (%.add (local.get $q) (%.shl (%.add (local.get $j)
                   (%.mul (local.get $i) (local.get $n))) (%.const 2))))
                   (i32.load (%.add (local.get $p) (%.shl (local.get $j) (%.const 2))))))}})",
    // Two rows and a step between them that is anything.
    R"({n: (local.set $s (i32.add (local.get $s) (i32.load
             (%.add (local.get $p) (%.mul (local.get $i) (local.get $r))))))})",
    R"({n: (i32.store (%.add (local.get $q) (%.mul (local.get $i) (local.get $m)))
             (i32.add (i32.const 1) (i32.load (%.add (local.get $p)
               (%.mul (local.get $i) (%.sub (local.get $m) (%.const 9)))))))})",
    R"({m: {n#: (i32.store (%.add (local.get $q) (%.shl (local.get $j) (%.const 2)))
                 (i32.xor (i32.load (%.add (local.get $q) (%.shl (local.get $j) (%.const 2))))
                   (i32.load (%.add (local.get $p) (%.mul (local.get $j) (local.get $m))))))}
           (local.set $p (%.add (local.get $p) (local.get $r)))})",
    // A product of matrices, unrolled by two, and what is left of each row.
    R"({m: (local.set $t (i32.load8_u (%.add (local.get $r) (local.get $i))))
           (local.set $j (%.const 0))
           (block $short
             (br_if $short (%.lt_u (local.get $n) (%.const 2)))
             (loop $k
               (i32.store (%.add (local.get $q) (%.shl (local.get $j) (%.const 2)))
                 (i32.add (i32.load (%.add (local.get $q) (%.shl (local.get $j) (%.const 2))))
                   (i32.mul (local.get $t)
                     (i32.load (%.add (local.get $p) (%.shl (local.get $j) (%.const 2)))))))
               (i32.store offset=4 (%.add (local.get $q) (%.shl (local.get $j) (%.const 2)))
                 (i32.add (i32.load offset=4 (%.add (local.get $q) (%.shl (local.get $j) (%.const 2))))
                   (i32.mul (local.get $t)
                     (i32.load offset=4 (%.add (local.get $p) (%.shl (local.get $j) (%.const 2)))))))
               (local.set $j (%.add (local.get $j) (%.const 2)))
               (br_if $k (%.ne (local.get $j) (%.and (local.get $n) (%.const -2))))))
           (if (%.ne (%.const 0) (%.xor (local.get $j) (local.get $n))) (then
             (i32.store (%.add (local.get $q) (%.shl (local.get $j) (%.const 2)))
               (i32.add (i32.load (%.add (local.get $q) (%.shl (local.get $j) (%.const 2))))
                 (i32.mul (local.get $t)
                   (i32.load (%.add (local.get $p) (%.shl (local.get $j) (%.const 2)))))))))
           (local.set $p (%.add (local.get $p) (%.shl (local.get $n) (%.const 2))))})",
    // Strides of which products wrap.
    R"({n: (local.set $s (i32.add (local.get $s) (i32.load
             (%.add (local.get $p) (%.mul (local.get $i) (%.const 0x10000000))))))})",
    R"({m: {n#: (local.set $s (i32.xor (local.get $s) (i32.load
             (%.add (local.get $p) (%.add (%.mul (local.get $i) (%.const -80))
                                          (%.mul (local.get $j) (%.const 4)))))))}})",
};

void replace(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

std::string kernel(const char* body) {
  std::string text = body;
  for (const auto& [mark, counter] : {std::pair{"{n: ", "$i"}, {"{m: ", "$i"}, {"{n#: ", "$j"}}) {
    const std::string count = std::string("$") + mark[1];
    // Which end is whose is found by counting.
    for (size_t at; (at = text.find(mark)) != std::string::npos;) {
      size_t end = at + 1;
      for (int depth = 1; depth != 0; ++end)
        depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
      const std::string inner =
          text.substr(at + std::strlen(mark), end - 1 - at - std::strlen(mark));
      const std::string label = "$l" + std::to_string(at);
      std::string loop =
          "(local.set @ (%.const 0))(block ^e (br_if ^e (%.eqz (local.get #))) (loop ^ & "
          "(local.set @ "
          "(%.add (local.get @) (%.const 1))) (br_if ^ (%.lt_u (local.get @) (local.get #)))))";
      replace(loop, "@", counter);
      replace(loop, "#", count);
      replace(loop, "^", label);
      replace(loop, "&", inner);
      text.replace(at, end - at, loop);
    }
  }
  std::string made =
      "(param $p %) (param $q %) (param $r %) (param $n %) (param $m %) (result i32)\n"
      "(local $i %) (local $j %) (local $s i32) (local $t i32)\n(block $return &)\n(local.get "
      "$s))\n";
  replace(made, "&", text);
  return made;
}

std::vector<uint8_t> make_module(const std::string& type) {
  std::string text = "(module (memory $a (export \"a\") &) (memory $b (export \"b\") &)\n"
                     "(global $g (export \"g\") (mut i32) (i32.const 0))\n"
                     "(func $load (param %) (result i32) (i32.load (local.get 0)))\n";
  replace(text, "&", (type == "i64" ? "i64 " : "") + std::to_string(kPages));
  for (size_t i = 0; i < std::size(kKernels); ++i)
    text.append("(func (export \"")
        .append(std::to_string(i))
        .append("\") ")
        .append(kernel(kKernels[i]));
  replace(text, "%", type);
  text += ')';
  auto made = text::parse_module(text);
  if (!made) {
    std::fprintf(stderr, "line %u: %s\n", made.error().line, made.error().message.c_str());
    std::exit(2);
  }
  return std::move(made->bytes);
}

struct Way {
  const char* name;
  const char* type;
  unsigned level;
  bool is_explicit;
};
constexpr Way kWays[] = {{"guard pages, -O2", "i32", 2, false},
                         {"guard pages, -O3", "i32", 3, false},
                         {"explicit checks, -O2", "i32", 2, true},
                         {"64-bit memories, -O2", "i64", 2, true},
                         {"64-bit memories, -O3", "i64", 3, true}};

/// An instance of a module that was compiled in some way.
class Guest {
 public:
  Guest(runtime::Engine& engine, const std::vector<uint8_t>& module, const Way& way) {
    WaxCompileOptions words{};
    words.optimization = way.level;
    words.bounds_checks = way.is_explicit ? WAX_BOUNDS_EXPLICIT : WAX_BOUNDS_AUTO;
    words.deterministic = 1; // one NaN
    const auto options = compile::read_options(words);
    auto made = options ? compile::run_job(module, engine.config().features, *options, {})
                        : std::unexpected(options.error());
    if (!made) die(made.error().text.c_str());
    image_ = std::move(made->image);
    auto loaded = image::load(engine, image_);
    if (!loaded) die("the image is refused");
    module_ = *loaded;
    auto store = runtime::Store::make(engine, {});
    if (!store) die("no store");
    store_ = *store;
    Outcome outcome{};
    auto instance = runtime::instantiate(*store_, *module_, {}, outcome);
    if (!instance || outcome != Outcome::ok) die("no instance");
    instance_ = *instance;
  }
  ~Guest() {
    if (store_ != nullptr) runtime::Store::destroy(store_);
    if (module_ != nullptr) module_->release();
  }
  Guest(const Guest&) = delete;

  Outcome call(const char* name, const std::array<uint64_t, 5>& arguments, bool is_64) {
    runtime::Extern function;
    (void)instance_->find_export(name, function);
    std::vector<Cell> cells(function.func->type->call_cells + 1);
    Cell* in = cells.data();
    for (uint64_t one : arguments) {
      if (is_64)
        runtime::store_cell<uint64_t>(in, one);
      else
        runtime::store_cell<uint32_t>(in, static_cast<uint32_t>(one));
      in += cells_of(is_64 ? val::i64 : val::i32);
    }
    const Outcome outcome = runtime::call(*store_, function.func, cells.data());
    result = outcome == Outcome::ok ? runtime::load_cell<uint32_t>(cells.data()) : 0;
    trap = outcome == Outcome::ok ? TrapKind{} : store_->trap.kind;
    return outcome;
  }
  [[nodiscard]] uint8_t* memory(uint32_t index) {
    return static_cast<uint8_t*>(instance_->memories[index]->resolve(0, kBytes));
  }
  [[nodiscard]] uint32_t global() const {
    return load_unaligned<uint32_t>(instance_->globals[0]->value);
  }

  uint32_t result = 0;
  TrapKind trap{};

 private:
  [[noreturn]] static void die(const char* why) {
    std::fprintf(stderr, "%s\n", why);
    std::exit(2);
  }

  std::vector<uint8_t> image_;
  runtime::LoadedModule* module_ = nullptr;
  runtime::Store* store_ = nullptr;
  runtime::Instance* instance_ = nullptr;
};

class Caller {
 public:
  Caller(uint64_t seed, std::chrono::steady_clock::time_point end) : random_(seed), end_(end) {}

  bool run(const Way& way, uint64_t calls) {
    runtime::Engine engine(platform::default_allocator(), {}, interp::backend());
    const std::vector<uint8_t> module = make_module(way.type);
    Guest plain(engine, module, {"", way.type, 0, true});
    Guest fast(engine, module, way);
    is_64_ = std::strcmp(way.type, "i64") == 0;
    uint64_t done = 0;
    uint64_t traps = 0;
    for (; done < calls; ++done) {
      if (done % 256 == 0) {
        refill(plain, fast);
        if (std::chrono::steady_clock::now() > end_) break;
      }
      const size_t number = random_() % std::size(kKernels);
      const std::array<uint64_t, 5> arguments{address(), address(), address(), count(),
                                              random_() % 24};
      const std::string name = std::to_string(number);
      const Outcome expected = plain.call(name.c_str(), arguments, is_64_);
      const Outcome outcome = fast.call(name.c_str(), arguments, is_64_);
      traps += expected != Outcome::ok ? 1 : 0;
      const char* differs = outcome != expected || fast.trap != plain.trap ? "outcome"
                            : fast.result != plain.result                  ? "result"
                            : fast.global() != plain.global()              ? "global"
                            : !same_memory(plain, fast)                    ? "memory"
                                                                           : nullptr;
      if (differs == nullptr) continue;
      std::printf("%s: the %s differs after kernel %zu (%llx %llx %llx %llx %llx)\n", way.name,
                  differs, number, hex(arguments[0]), hex(arguments[1]), hex(arguments[2]),
                  hex(arguments[3]), hex(arguments[4]));
      return false;
    }
    std::printf("%s: %llu calls, %llu traps\n", way.name, hex(done), hex(traps));
    return true;
  }

 private:
  static unsigned long long hex(uint64_t number) { return number; }

  static bool same_memory(Guest& one, Guest& other) {
    return std::memcmp(one.memory(0), other.memory(0), kBytes) == 0 &&
           std::memcmp(one.memory(1), other.memory(1), kBytes) == 0;
  }

  void refill(Guest& one, Guest& other) {
    for (uint32_t memory : {0u, 1u}) {
      uint8_t* const to = one.memory(memory);
      for (size_t i = 0; i < kBytes; i += 8) store_unaligned<uint64_t>(to + i, random_());
      std::memcpy(other.memory(memory), to, kBytes);
    }
  }

  uint64_t address() {
    const uint64_t distance = random_() % 1024;
    switch (random_() % 16) {
    case 0: return distance - 512;
    case 1: return kBytes + distance - 512;
    case 2: return (uint64_t{1} << 31) + distance - 512;
    case 3: return (uint64_t{1} << 32) - distance;
    case 4: return (uint64_t{1} << 32) + distance - 512;
    case 5: return kBytes - 65536 - 64 + distance;
    case 6: return distance;
    case 7: return uint64_t{1} << 63 | distance;
    // Near another.
    case 8:
    case 9:
    case 10: return last_ += random_() % 128 - 64;
    default: return last_ = random_() % kBytes;
    }
  }

  uint64_t count() {
    switch (random_() % 32) {
    case 0: return 0;
    case 1: return random_() % 70000;
    case 2: return (uint64_t{1} << 31) + random_() % 3 - 1;
    case 3: return (uint64_t{1} << 32) - random_() % 3;
    case 4: return 0x40000000 + random_() % 8;
    default: return random_() % 100;
    }
  }

  std::mt19937_64 random_;
  const std::chrono::steady_clock::time_point end_;
  uint64_t last_ = 0;
  bool is_64_ = false;
};

} // namespace
} // namespace waxwing

int main(int count, char** words) {
  uint64_t calls = 20000;
  uint64_t seed = 1;
  uint64_t seconds = 24 * 60 * 60;
  for (int i = 1; i + 1 < count; i += 2) {
    const uint64_t number = std::strtoull(words[i + 1], nullptr, 10);
    if (std::strcmp(words[i], "--calls") == 0) calls = number;
    if (std::strcmp(words[i], "--seed") == 0) seed = number;
    if (std::strcmp(words[i], "--seconds") == 0) seconds = number;
  }
  waxwing::compile::initialize_targets();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  bool agree = true;
  for (const waxwing::Way& way : waxwing::kWays)
    agree = waxwing::Caller(seed++, end).run(way, calls / std::size(waxwing::kWays)) && agree;
  return agree ? 0 : 1;
}
