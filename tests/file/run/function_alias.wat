;;; RUN: waxwing -f answer %s
;;; RUN: waxwing --function answer %s
;;; RUN: waxwing --function=answer %s
(module (func (export "answer") (result i32) (i32.const 42)))
;;; STDOUT:
42
42
42
