;;; RUN: waxwing run --fuel 10
;;; RUN: waxwing validate
;;; RUN: waxwing inspect --json
;;; RUN: waxwing print
;;; RUN: waxwing wast -v
(module)
