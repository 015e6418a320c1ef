;;; LINES: 3
;;; RUN: waxwing %s
;;; EXIT: 1
(module (func (export "main") (result i32) (i32.const 0)))
;;; STDERR:
waxwing: error: no_start.wat: it has no '_start' to run; call a function with --invoke NAME (it exports main)
