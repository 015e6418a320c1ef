;;; RUN: waxwing run %s
(module (func (export "other")))
