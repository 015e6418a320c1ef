;;; RUN: waxwing validate %s
(module
  (func (result i32)
    i32.const 1
