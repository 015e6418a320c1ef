;;; RUN: waxwing valdiate %s
;;; RUN: waxwing inspct %s
(module)
