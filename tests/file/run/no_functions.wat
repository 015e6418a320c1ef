;;; RUN: waxwing run %s
;;; RUN: waxwing run --invoke f %s
(module (memory (export "memory") 1))
