;;; RUN: waxwing validate %s
;;; EXIT: 1
(module
  (func (export "f") (result i32)
    i32.const 99999999999999999999))
;;; STDERR:
waxwing: error: syntax_error.wat:5:15: constant out of range
