;;; RUN: waxwing run --invoke f32 %s 0.1
;;; RUN: waxwing run --invoke f32 %s 16777217
;;; RUN: waxwing run --invoke f32 %s -0
;;; RUN: waxwing run --invoke f32 %s nan:0x200000
;;; RUN: waxwing run --invoke f32 %s -nan
;;; RUN: waxwing run --invoke f64 %s 0x1.8p3
;;; RUN: waxwing run --invoke f64 %s 1e300
;;; RUN: waxwing run --invoke f64 %s 123456789012345680
;;; RUN: waxwing run --invoke f64 %s -inf
;;; RUN: waxwing run --invoke f64 %s 1e999
;;; RUN: waxwing run --invoke f32 %s half
(module
  (func (export "f32") (param f32) (result f32) local.get 0)
  (func (export "f64") (param f64) (result f64) local.get 0))
