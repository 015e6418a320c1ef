;;; RUN: waxwing run %s
;;; EXIT: 134
(module
  (func $init unreachable)
  (start $init)
  (func (export "_start")))
;;; STDERR:
waxwing: trap: unreachable
  0: 0x0027 init  start_function_traps.wat:4:15
