;;; RUN: sh -c 'echo "(module (func (export \"twice\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))" > lib.wat'
;;; RUN: waxwing run --link lib=lib.wat --invoke f %s 21
;;; RUN: waxwing run --invoke f %s 21
;;; RUN: waxwing run --link lib --invoke f %s 21
;;; RUN: waxwing run --link lib=none.wat --invoke f %s 21
;;; EXIT: 0 0 1 1 1
(module
  (import "lib" "twice" (func $twice (param i32) (result i32)))
  (func (export "f") (param i32) (result i32) (call $twice (local.get 0))))
;;; STDOUT:
42
;;; STDERR:
waxwing: error: link.wat:0x13: unknown import lib.twice: expected function (param i32) (result i32), found nothing of that name
  --link lib=FILE provides the exports of another module under that name
waxwing: error: --link lib: write NAME=FILE
waxwing: error: none.wat: there is no such file; check its path and name
