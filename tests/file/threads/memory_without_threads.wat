;;; RUN: waxwing run --invoke twice %s 4
;; A shared memory is made for a program that imports one, with threads or without.
(module
  (memory (import "env" "memory") 1 1 shared)
  (func (export "twice") (param i32) (result i32)
    (i32.atomic.store (i32.const 0) (local.get 0))
    (i32.mul (i32.atomic.load (i32.const 0)) (i32.const 2))))
;;; STDOUT:
8
