;;; RUN: waxwing run --invoke id %s i32x4:1,2,-3,0x10
;;; RUN: waxwing run --invoke id %s f64x2:0.5,-1
;;; RUN: waxwing run --invoke id %s 0x000102030405060708090a0b0c0d0e0f
;;; RUN: waxwing run --invoke id %s i32x4:1,2,3
;;; RUN: waxwing run --invoke id %s 17
(module (func (export "id") (param v128) (result v128) local.get 0))
