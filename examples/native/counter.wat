;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; A module for programs in C and C++: some state, several results, a trap, and a function that it
;; wants from its embedder.
(module
  (import "env" "log" (func $log (param i32 f64)))
  (memory (export "memory") 1)
  (func $add (export "add") (param $by i32) (result i32)
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (local.get $by)))
    (i32.load (i32.const 0)))
  (func (export "divide") (param i32 i32) (result i32 i32)
    (i32.div_s (local.get 0) (local.get 1))
    (i32.rem_s (local.get 0) (local.get 1)))
  (func (export "mean") (param f64 f32) (result f64)
    (f64.div (f64.add (local.get 0) (f64.promote_f32 (local.get 1))) (f64.const 2)))
  (func (export "report") (param $scale f64)
    (call $log (i32.load (i32.const 0))
      (f64.mul (local.get $scale) (f64.convert_i32_s (i32.load (i32.const 0)))))))
