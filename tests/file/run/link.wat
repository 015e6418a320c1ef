;;; RUN: sh -c 'echo "(module (func (export \"twice\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))" > lib.wat'
;;; RUN: waxwing run --link lib=lib.wat --invoke f %s 21
;;; RUN: waxwing run --invoke f %s 21
;;; RUN: waxwing run --link lib --invoke f %s 21
;;; RUN: waxwing run --link lib=none.wat --invoke f %s 21
(module
  (import "lib" "twice" (func $twice (param i32) (result i32)))
  (func (export "f") (param i32) (result i32) (call $twice (local.get 0))))
