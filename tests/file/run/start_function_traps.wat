;;; RUN: waxwing run %s
(module
  (func $init unreachable)
  (start $init)
  (func (export "_start")))
