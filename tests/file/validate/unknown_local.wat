;;; RUN: waxwing validate %s
(module
  (func $f (param i32)
    local.get 7
    drop))
