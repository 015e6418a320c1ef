;;; RUN: waxwing run --timeout soon %s
;;; RUN: waxwing run --timeout 5h %s
;;; RUN: waxwing run --timeout 0 %s
;;; RUN: waxwing run --timeout=-5 %s
(module)
