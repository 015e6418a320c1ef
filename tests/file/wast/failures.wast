;;; RUN: waxwing wast %s
;;; EXIT: 1
(module (func (export "f") (result i32 f32) (i32.const 1) (f32.const 2)))
(assert_return (invoke "f") (i32.const 1) (f32.const 3))
(assert_trap (invoke "f") "unreachable")
(assert_invalid (module) "type mismatch")
(assert_return (invoke "g"))
(assert_return (invoke "f") (i32.const 1) (f32.const 2))
;;; STDOUT:
failures.wast:4:1: expected (i32 1) (f32 3), found (i32 1) (f32 2)
failures.wast:5:1: expected trap "unreachable", found (i32 1) (f32 2)
failures.wast:6:1: expected an invalid module ("type mismatch"), found nothing wrong
failures.wast:7:1: expected no values, found no function 'g' is exported
1 passed, 4 failed, 0 skipped
