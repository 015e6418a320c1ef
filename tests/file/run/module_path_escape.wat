;;; RUN: sh -c 'mkdir lib; echo "(module (func (export \"one\") (result i32) (i32.const 1)))" > secret.wat'
;;; RUN: waxwing run --module-path lib --invoke f %s
;;; EXIT: 0 1
(module
  (import "../secret" "one" (func $one (result i32)))
  (func (export "f") (result i32) (call $one)))
;;; STDERR:
waxwing: error: module_path_escape.wat:0x12: unknown import ../secret.one: expected function (result i32), found nothing of that name
  --link ../secret=FILE provides the exports of another module under that name
