;;; RUN: waxwing wast %s
(module (func (export "f")))
(assert_suspension (invoke "f") "unhandled")
