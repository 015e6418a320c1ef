;;; RUN: waxwing print %s -o out.wat
;;; RUN: cat out.wat
;;; RUN: waxwing print out.wat -o /no-such-folder/out.wat
;;; RUN: waxwing validate out.wat
;;; EXIT: 0 0 1 0
(module (func (export "f") (result i32) i32.const 1))
;;; STDOUT:
(module
  (type (;0;) (func (result i32)))
  (export "f" (func 0))
  (func (;0;) (type 0) (result i32)
    i32.const 1))
;;; STDERR:
waxwing: error: /no-such-folder/out.wat: cannot be written
