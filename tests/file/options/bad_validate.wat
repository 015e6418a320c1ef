;;; RUN: waxwing run --validate=later %s
(module)
