;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing wast --engine=aot --bounds-checks=explicit %s
;;; RUN: waxwing wast --engine=aot -O0 --cpu=generic --bounds-checks=explicit --traps=call %s
(module
  (memory 1)
  (func (export "sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "swizzle") (param v128) (result v128)
    (i8x16.swizzle (local.get 0) (v128.const i8x16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 16 255)))
  (func (export "beyond") (result v128) (v128.load (i32.const 65521)))
  (func (export "quiet") (param f32) (result i32)
    (i32.reinterpret_f32 (f32.demote_f64 (f64.promote_f32 (f32.mul (local.get 0) (f32.const 1)))))))
(assert_return (invoke "sum" (i32.const 2) (i32.const 3)) (i32.const 5))
(assert_return (invoke "swizzle" (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
  (v128.const i8x16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 0 0))
(assert_trap (invoke "beyond") "out of bounds memory access")
(assert_return (invoke "quiet" (f32.const nan:0x200000)) (i32.const 0x7fe00000))
(assert_invalid (module (func (result i32))) "type mismatch")
;;; STDOUT:
5 passed, 0 failed, 0 skipped
5 passed, 0 failed, 0 skipped
