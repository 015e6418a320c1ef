;;; RUN: waxwing run --stack-size big %s
;;; RUN: waxwing run --max-memory 3X %s
;;; RUN: waxwing run --max-memory 99999999999G %s
;;; RUN: waxwing run --max-memory -1 %s
(module)
