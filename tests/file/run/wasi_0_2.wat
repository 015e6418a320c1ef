;;; RUN: waxwing run %s
(module
  (import "wasi:cli/stdout@0.2.0" "get-stdout" (func (result i32)))
  (func (export "_start")))
