;;; RUN: sh -c 'echo "(module (func (export \"twice\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))" > lib.wat'
;;; RUN: waxwing run --link lib=lib.wat %s
;;; EXIT: 0 1
(module
  (import "lib" "twice" (func $twice (param i64) (result i64)))
  (func (export "_start")))
;;; STDERR:
waxwing: error: link_wrong_type.wat:0x16: import lib.twice: incompatible import type: expected function (param i64) (result i64), found function (param i32) (result i32)
