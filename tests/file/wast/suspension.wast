;;; RUN: waxwing wast %s
(module (func (export "f")))
(assert_suspension (invoke "f") "unhandled")
;;; STDOUT:
suspension.wast:3:1: skipped: stack switching is not supported
0 passed, 0 failed, 1 skipped
