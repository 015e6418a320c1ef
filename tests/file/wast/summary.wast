;;; RUN: waxwing wast %s
(module (func (export "f") (param i32) (result i32) (i32.div_u (i32.const 12) (local.get 0))))
(assert_return (invoke "f" (i32.const 4)) (i32.const 3))
(assert_trap (invoke "f" (i32.const 0)) "integer divide by zero")
(assert_invalid (module (func (result i32))) "type mismatch")
(assert_malformed (module quote "(func") "unexpected end")
;;; STDOUT:
4 passed, 0 failed, 0 skipped
