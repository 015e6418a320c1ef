;;; RUN: waxwing run %s
(module
  (import "env" "__stack_pointer" (global (mut i32)))
  (func (export "_start")))
