;;; RUN: waxwing targets
;;; RUN: sh -c 'waxwing targets --json | grep name'
(module)
