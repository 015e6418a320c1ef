;;; RUN: waxwing print %s -o out.wat
;;; RUN: cat out.wat
;;; RUN: waxwing print out.wat -o /no-such-folder/out.wat
;;; RUN: waxwing validate out.wat
(module (func (export "f") (result i32) i32.const 1))
