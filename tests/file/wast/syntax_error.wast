;;; RUN: waxwing wast %s
(module)
(assert_nothing (module))
