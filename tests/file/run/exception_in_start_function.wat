;;; RUN: waxwing run %s
;;; EXIT: 134
(module
  (tag $early)
  (func $begin (throw $early))
  (start $begin)
  (func (export "_start")))
;;; STDERR:
waxwing: uncaught exception: early
  0: 0x002c begin  exception_in_start_function.wat:5:17
