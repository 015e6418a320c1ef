;;; RUN: waxwing validate %s
;;; EXIT: 1
(module
  (func
    i32.ad))
;;; STDERR:
waxwing: error: unknown_operator.wat:5:5: unknown operator i32.ad
