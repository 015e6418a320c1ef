;;; RUN: waxwing wast %s
(assert_malformed (module (func (result i32))) "type mismatch")
(assert_invalid (module quote "(func") "unexpected end")
(assert_unlinkable (module (func (result i32))) "type mismatch")
(assert_invalid (module (import "spectest" "none" (func))) "unknown import")
(assert_trap (module (func)) "unreachable")
