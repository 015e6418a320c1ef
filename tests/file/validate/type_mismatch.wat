;;; RUN: waxwing validate %s
(module
  (func $first)
  (func $middle (param i64 i32) (result i64)
    local.get 0
    local.get 1
    i64.add))
