;;; RUN: waxwing run %s
(module
  (import "env" "\1b[31mred\07" (func))
  (func (export "_start")))
