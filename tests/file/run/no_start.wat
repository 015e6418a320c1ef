;;; RUN: waxwing run %s
;;; EXIT: 1
(module (func (export "other")))
;;; STDERR:
waxwing: error: no_start.wat: it has no '_start' to run; call a function with --invoke NAME (it exports other)
