;;; RUN: waxwing run --invoke counter %s
(module
  (global $n (mut i32) (i32.const 1))
  (func (export "_initialize") (global.set $n (i32.const 41)))
  (func (export "counter") (result i32) (i32.add (global.get $n) (i32.const 1))))
;;; STDOUT:
42
