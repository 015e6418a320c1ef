;;; RUN: waxwing run --invoke divide %s 7 0
;;; RUN: waxwing run --invoke divide %s -2147483648 -1
;;; RUN: waxwing run --invoke divide %s 7 2
;;; EXIT: 134 134 0
(module
  (func (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1))))
;;; STDOUT:
3
;;; STDERR:
waxwing: trap: integer divide by zero
  0: 0x002a divide  trap_division.wat:7:6
waxwing: trap: integer overflow
  0: 0x002a divide  trap_division.wat:7:6
