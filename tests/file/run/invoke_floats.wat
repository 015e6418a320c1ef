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
;;; EXIT: 0 0 0 0 0 0 0 0 0 1 1
(module
  (func (export "f32") (param f32) (result f32) local.get 0)
  (func (export "f64") (param f64) (result f64) local.get 0))
;;; STDOUT:
0.1
16777216
-0
nan:0x200000
-nan
12
1e+300
1.2345678901234568e+17
-inf
;;; STDERR:
waxwing: error: argument 1 of 'f64': '1e999' is not f64: write a number, e.g. 1.5, -2e10, inf or nan
waxwing: error: argument 1 of 'f32': 'half' is not f32: write a number, e.g. 1.5, -2e10, inf or nan
