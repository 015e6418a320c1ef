;;; RUN: waxwing run --fuel 1 --fuel 1000 --invoke f --invoke g %s
;;; RUN: waxwing print -o one.wat -o two.wat %s
;;; RUN: waxwing validate two.wat
;;; RUN: waxwing validate one.wat
;;; EXIT: 0 0 0 1
(module
  (func (export "f") (result i32) i32.const 1)
  (func (export "g") (result i32) i32.const 2))
;;; STDOUT:
2
;;; STDERR:
waxwing: error: one.wat: there is no such file; check its path and name
