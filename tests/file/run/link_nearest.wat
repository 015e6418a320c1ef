;;; RUN: sh -c 'echo "(module (func (export \"twice\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))" > lib.wat'
;;; RUN: waxwing run --link lib=lib.wat %s
;;; RUN: waxwing run --link other=lib.wat %s
;;; EXIT: 0 1 1
(module
  (import "lib" "twize" (func $twice (param i32) (result i32)))
  (func (export "_start")))
;;; STDERR:
waxwing: error: link_nearest.wat:0x16: unknown import lib.twize: expected function (param i32) (result i32), found nothing of that name
  nearest: lib.twice, function (param i32) (result i32)
waxwing: error: link_nearest.wat:0x16: unknown import lib.twize: expected function (param i32) (result i32), found nothing of that name
  --link lib=FILE provides the exports of another module under that name
