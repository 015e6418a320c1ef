;;; RUN: waxwing wast %s
;;; EXIT: 1
(assert_malformed (module (func (result i32))) "type mismatch")
(assert_invalid (module quote "(func") "unexpected end")
(assert_unlinkable (module (func (result i32))) "type mismatch")
(assert_invalid (module (import "spectest" "none" (func))) "unknown import")
(assert_trap (module (func)) "unreachable")
;;; STDOUT:
wrong_stage.wast:3:1: expected a malformed module ("type mismatch"), found invalid module: type mismatch: expected i32, found nothing
wrong_stage.wast:4:1: expected an invalid module ("unexpected end"), found malformed text: unexpected token: end of input, expected `)` for the `(` at 1:1
wrong_stage.wast:5:1: expected an unlinkable module ("type mismatch"), found invalid module: type mismatch: expected i32, found nothing
wrong_stage.wast:6:1: expected an invalid module ("unknown import"), found nothing wrong
wrong_stage.wast:7:1: expected trap "unreachable", found no values
0 passed, 5 failed, 0 skipped
