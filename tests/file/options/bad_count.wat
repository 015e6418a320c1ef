;;; RUN: waxwing run --fuel lots %s
;;; RUN: waxwing run --fuel 1e6 %s
(module)
