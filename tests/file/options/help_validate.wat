;;; RUN: waxwing validate --help
(module)
