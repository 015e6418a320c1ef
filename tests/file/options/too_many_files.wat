;;; RUN: waxwing inspect %s %s
;;; RUN: waxwing print %s %s
(module)
