;;; RUN: waxwing run --invoke id %s i32x4:1,2,-3,0x10
;;; RUN: waxwing run --invoke id %s f64x2:0.5,-1
;;; RUN: waxwing run --invoke id %s 0x000102030405060708090a0b0c0d0e0f
;;; RUN: waxwing run --invoke id %s i32x4:1,2,3
;;; RUN: waxwing run --invoke id %s 17
;;; EXIT: 0 0 0 1 1
(module (func (export "id") (param v128) (result v128) local.get 0))
;;; STDOUT:
i32x4 0x00000001 0x00000002 0xfffffffd 0x00000010
i32x4 0x00000000 0x3fe00000 0x00000000 0xbff00000
i32x4 0x0c0d0e0f 0x08090a0b 0x04050607 0x00010203
;;; STDERR:
waxwing: error: argument 1 of 'id': 'i32x4:1,2,3' is not v128: write lanes, e.g. i32x4:1,2,3,4 or f64x2:0.5,1, or 0x and 32 hex digits
waxwing: error: argument 1 of 'id': '17' is not v128: write lanes, e.g. i32x4:1,2,3,4 or f64x2:0.5,1, or 0x and 32 hex digits
