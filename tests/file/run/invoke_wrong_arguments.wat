;;; RUN: waxwing run --invoke add %s 1
;;; RUN: waxwing run --invoke add %s 1 two
;;; RUN: waxwing run --invoke ad %s 1 2
;;; EXIT: 1
(module
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))
;;; STDERR:
waxwing: error: 'add' takes 2 arguments, not 1: (param i32 i32)
waxwing: error: argument 2 of 'add': 'two' is not i32: write an integer of 32 bits, e.g. -1 or 0xff
waxwing: error: invoke_wrong_arguments.wat: no exported function 'ad'; did you mean 'add'?
