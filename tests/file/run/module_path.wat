;;; RUN: sh -c 'mkdir lib other'
;;; RUN: sh -c 'echo "(module (import \"base\" \"one\" (func (result i32))) (export \"one\" (func 0)))" > lib/library.wat'
;;; RUN: sh -c 'echo "(module (func (export \"one\") (result i32) (i32.const 1)))" > other/base.wat'
;;; RUN: waxwing run --module-path lib --module-path other --invoke f %s
;;; RUN: waxwing run --module-path lib --invoke f %s
;;; RUN: waxwing run --invoke f %s
;;; RUN: sh -c 'echo "(module (import \"library\" \"one\" (func)))" > lib/library.wat'
;;; RUN: waxwing run --module-path lib --invoke f %s
;;; RUN: waxwing run --module-path lib --link library=other/base.wat --invoke f %s
;;; EXIT: 0 0 0 0 1 1 0 1 0
(module
  (import "library" "one" (func $one (result i32)))
  (func (export "f") (result i32) (i32.add (call $one) (i32.const 1))))
;;; STDOUT:
2
2
;;; STDERR:
waxwing: error: lib/library.wat:0x12: unknown import base.one: expected function (result i32), found nothing of that name
  --link base=FILE provides the exports of another module under that name
waxwing: error: module_path.wat:0x12: unknown import library.one: expected function (result i32), found nothing of that name
  --link library=FILE provides the exports of another module under that name
waxwing: error: lib/library.wat:0x11: unknown import library.one: expected function, found nothing of that name
  --link library=FILE provides the exports of another module under that name
