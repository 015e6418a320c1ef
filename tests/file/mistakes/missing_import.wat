;;; LINES: 3
;;; RUN: waxwing %s
;;; EXIT: 1
(module
  (import "library" "greet" (func (param i32)))
  (func (export "_start")))
;;; STDERR:
waxwing: error: missing_import.wat:0x15: unknown import library.greet: expected function (param i32), found nothing of that name
  --link library=FILE provides the exports of another module under that name
