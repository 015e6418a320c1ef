;;; LINES: 3
;;; RUN: waxwing --invoke double %s many
;;; RUN: waxwing --invoke double %s
;;; RUN: waxwing --invoke duoble %s 1
;;; EXIT: 1
(module (func (export "double") (param i32) (result i32)
  (i32.mul (local.get 0) (i32.const 2))))
;;; STDERR:
waxwing: error: argument 1 of 'double': 'many' is not i32: write an integer of 32 bits, e.g. -1 or 0xff
waxwing: error: 'double' takes 1 argument, not 0: (param i32)
waxwing: error: argument_type.wat: no exported function 'duoble'; did you mean 'double'?
