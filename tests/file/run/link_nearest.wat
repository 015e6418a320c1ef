;;; RUN: sh -c 'echo "(module (func (export \"twice\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))" > lib.wat'
;;; RUN: waxwing run --link lib=lib.wat %s
;;; RUN: waxwing run --link other=lib.wat %s
(module
  (import "lib" "twize" (func $twice (param i32) (result i32)))
  (func (export "_start")))
