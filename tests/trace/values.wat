;; What each frame must show (tests/trace/run.py), innermost first:
;; 0: param 0 = i32 21
;; 0: param 1 = i64 -5
;; 1: local 0 = i32 21
;; 1: local 1 = f64 1.5
;; 1: operands 3
;; 2: local 0 = i32 7
;; 2: local 1 = i64 99
;; 2: local 2 = f32 0
;; 2: local 3 = ref null
;; 2: operands 2
(module
  (import "env" "fail2" (func $fail (param i32 i64)))
  (func $inner (param i32) (result i32) (local f64)
    (local.set 1 (f64.const 1.5))
    (i32.const 8)
    (call $fail (local.get 0) (i64.const -5)))
  (func $run (export "run") (param i32) (result i32) (local i64 f32 externref)
    (local.set 1 (i64.const 99))
    (i32.const 1)
    (call $inner (i32.mul (local.get 0) (i32.const 3)))
    (i32.add)))
