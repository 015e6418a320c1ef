;;; RUN: waxwing run --invoke f %s
;;; EXIT: 134
(module
  (func (unreachable))
  (func (export "f") (call 0)))
;;; STDERR:
waxwing: trap: unreachable
  0: 0x001f func 0  trap_without_names.wat:4:10
  1: 0x0023 f       trap_without_names.wat:5:23
  note: the module has no name section, so most functions have no names
