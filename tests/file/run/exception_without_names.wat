;;; RUN: waxwing run --invoke nameless %s
;;; RUN: waxwing run --invoke exported %s
;;; EXIT: 134
(module
  (tag)
  (tag (export "sorry") (param i32))
  (func (throw 0))
  (func (export "nameless") (call 0))
  (func (export "exported") (throw 1 (i32.const 3))))
;;; STDERR:
waxwing: uncaught exception: tag 0
  0: 0x0045 func 0    exception_without_names.wat:7:10
  1: 0x004a nameless  exception_without_names.wat:8:30
  note: the module has no name section, so most functions have no names
waxwing: uncaught exception: sorry (i32 3)
  0: 0x0051 exported  exception_without_names.wat:9:30
