;;; RUN: waxwing run --max-memory 1MiB --invoke grow %s 15
;;; RUN: waxwing run --max-memory 1MiB --invoke grow %s 16
(module
  (memory 1)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
;;; STDOUT:
1
-1
