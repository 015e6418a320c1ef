;;; RUN: waxwing inspect --json %s
(module $small
  (import "env" "log" (func (param i32)))
  (memory (export "memory") 1 2)
  (table 3 4 externref)
  (global (export "g") (mut f64) (f64.const 1))
  (tag (param i64))
  (func (export "f") (param i32) (result i32) local.get 0))
