;;; RUN: waxwing run --invoke add %s 1
;;; RUN: waxwing run --invoke add %s 1 two
;;; RUN: waxwing run --invoke ad %s 1 2
(module
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))
