;;; RUN: waxwing --help
(module)
