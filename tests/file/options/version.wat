;;; RUN: waxwing --version
(module)
