;;; RUN: waxwing wast %s
;;; RUN: waxwing wast --strict-messages %s
(assert_invalid (module (func (result i32))) "another text")
(assert_malformed (module quote "(func $x) (func $x)") "duplicate func")
(assert_unlinkable (module (import "spectest" "none" (func))) "unknown")
