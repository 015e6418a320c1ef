;;; RUN: waxwing validate %s
(module
  (func
    i32.ad))
