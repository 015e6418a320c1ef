;;; RUN: waxwing inspect %s
(module
  (import "env" "log" (func (param i32)))
  (memory (export "memory") 1 16)
  (global (export "g") (mut i32) (i32.const 7))
  (table 4 funcref)
  (func (export "f") (param i32 f64) (result i32) (local.get 0))
  (func (result v128) (v128.const i64x2 0 1))
  (data (i32.const 0) "abc"))
