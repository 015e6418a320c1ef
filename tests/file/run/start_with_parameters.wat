;;; RUN: waxwing run %s
;;; EXIT: 1
(module (func (export "_start") (param i32)))
;;; STDERR:
waxwing: error: start_with_parameters.wat: '_start' must take and return nothing
