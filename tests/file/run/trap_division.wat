;;; RUN: waxwing run --invoke divide %s 7 0
;;; RUN: waxwing run --invoke divide %s -2147483648 -1
;;; RUN: waxwing run --invoke divide %s 7 2
(module
  (func (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1))))
