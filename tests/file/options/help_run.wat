;;; RUN: waxwing run --help
(module)
