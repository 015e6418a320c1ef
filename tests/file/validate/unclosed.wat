;;; RUN: waxwing validate %s
;;; EXIT: 1
(module
  (func (result i32)
    i32.const 1
;;; STDERR:
waxwing: error: unclosed.wat:5:16: unexpected token: end of input, expected `)` for the `(` at 4:3
