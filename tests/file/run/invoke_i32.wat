;;; RUN: waxwing run --invoke add %s 40 2
;;; RUN: waxwing run --invoke add %s -1 0x10
(module
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))
;;; STDOUT:
42
15
