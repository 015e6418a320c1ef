;;; RUN: waxwing wast %s
(module (func (export "f") (result i32 f32) (i32.const 1) (f32.const 2)))
(assert_return (invoke "f") (i32.const 1) (f32.const 3))
(assert_trap (invoke "f") "unreachable")
(assert_invalid (module) "type mismatch")
(assert_return (invoke "g"))
(assert_return (invoke "f") (i32.const 1) (f32.const 2))
