;;; RUN: waxwing wast %s
;;; RUN: waxwing wast --strict-messages %s
;;; EXIT: 0 1
(assert_invalid (module (func (result i32))) "another text")
(assert_malformed (module quote "(func $x) (func $x)") "duplicate func")
(assert_unlinkable (module (import "spectest" "none" (func))) "unknown")
;;; STDOUT:
3 passed, 0 failed, 0 skipped
strict_messages.wast:4:1: expected an invalid module ("another text"), found invalid module: type mismatch: expected i32, found nothing
2 passed, 1 failed, 0 skipped
