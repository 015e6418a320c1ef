;;; RUN: waxwing print --help
(module)
