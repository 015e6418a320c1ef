;;; RUN: waxwing wast %s
;;; EXIT: 1
(module
  (func (export "f32") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0)))
  (func (export "v") (result v128) (v128.const f32x4 1 2 3 nan))
  (func (export "e") (param externref) (result externref) (local.get 0))
  (func $f (export "f") (result funcref) (ref.func $f)))
(assert_return (invoke "f32" (i32.const 0x7fc00000)) (f32.const nan:canonical))
(assert_return (invoke "f32" (i32.const 0x7fc00001)) (f32.const nan:canonical))
(assert_return (invoke "f32" (i32.const 0x7fc00001)) (f32.const nan:arithmetic))
(assert_return (invoke "f32" (i32.const 0x7f800001)) (f32.const nan:arithmetic))
(assert_return (invoke "v") (v128.const f32x4 1 2 3 nan:canonical))
(assert_return (invoke "v") (v128.const f32x4 1 2 4 nan:canonical))
(assert_return (invoke "v") (either (v128.const i32x4 1 2 3 4) (v128.const f32x4 1 2 3 nan)))
(assert_return (invoke "e" (ref.extern 3)) (ref.extern 3))
(assert_return (invoke "e" (ref.extern 3)) (ref.extern 4))
(assert_return (invoke "e" (ref.null extern)) (ref.null))
(assert_return (invoke "f") (ref.func))
(assert_return (invoke "f") (ref.null func))
;;; STDOUT:
patterns.wast:9:1: expected (f32 nan:canonical), found (f32 nan:0x400001)
patterns.wast:11:1: expected (f32 nan:arithmetic), found (f32 nan:0x1)
patterns.wast:13:1: expected (v128 f32x4 1 2 4 nan:canonical), found (v128 i32x4 0x3f800000 0x40000000 0x40400000 0x7fc00000)
patterns.wast:16:1: expected (ref.extern 4), found (ref.extern 3)
patterns.wast:19:1: expected (ref.null), found (ref.func 3)
7 passed, 5 failed, 0 skipped
