;;; RUN: waxwing --version
(module)
;;; STDOUT:
waxwing 0.1.0
