;;; RUN: waxwing
(module)
