;;; RUN: waxwing run .
;;; RUN: waxwing .
(module)
