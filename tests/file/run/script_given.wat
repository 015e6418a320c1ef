;;; RUN: waxwing run %s
;;; NAME: script.wast
(module (func (export "f")))
(assert_return (invoke "f"))
