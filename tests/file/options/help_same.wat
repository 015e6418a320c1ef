;;; RUN: waxwing help validate
;;; RUN: waxwing validate -h
(module)
