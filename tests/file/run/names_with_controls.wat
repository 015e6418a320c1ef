;;; RUN: waxwing run %s
;;; EXIT: 1
(module
  (import "env" "\1b[31mred\07" (func))
  (func (export "_start")))
;;; STDERR:
waxwing: error: names_with_controls.wat:0x11: unknown import env.\x1b[31mred\x07: expected function, found nothing of that name
  --link env=FILE provides the exports of another module under that name
