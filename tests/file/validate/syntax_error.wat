;;; RUN: waxwing validate %s
(module
  (func (export "f") (result i32)
    i32.const 99999999999999999999))
