;;; RUN: waxwing wast %s
;;; EXIT: 1
(module)
(assert_nothing (module))
;;; STDOUT:
syntax_error.wast:4:2: error: unknown operator assert_nothing
errors: 1 (modules, actions or scripts that failed outside of an assertion)
0 passed, 0 failed, 0 skipped
