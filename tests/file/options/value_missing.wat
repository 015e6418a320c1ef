;;; RUN: waxwing run --timeout
;;; RUN: waxwing print %s -o
(module)
