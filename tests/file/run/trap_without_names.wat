;;; RUN: waxwing run --invoke f %s
(module
  (func (unreachable))
  (func (export "f") (call 0)))
