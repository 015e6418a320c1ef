;;; RUN: waxwing run %s
;;; EXIT: 1
(module
  (import "env" "__stack_pointer" (global (mut i32)))
  (func (export "_start")))
;;; STDERR:
waxwing: error: missing_global.wat:0x11: unknown import env.__stack_pointer: expected global (mut i32), found nothing of that name
  --link env=FILE provides the exports of another module under that name
