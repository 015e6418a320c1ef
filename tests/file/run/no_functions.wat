;;; RUN: waxwing run %s
;;; RUN: waxwing run --invoke f %s
;;; EXIT: 1
(module (memory (export "memory") 1))
;;; STDERR:
waxwing: error: no_functions.wat: it has no '_start' to run; call a function with --invoke NAME (it exports no functions)
waxwing: error: no_functions.wat: no exported function 'f'; it exports no functions
