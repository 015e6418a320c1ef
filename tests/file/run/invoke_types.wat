;;; RUN: waxwing run --invoke all %s 7 -9223372036854775808 1.5 -0.1
;;; RUN: waxwing run --invoke all %s 4294967295 1 nan inf
(module
  (func (export "all") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
    (local.get 3) (local.get 2) (local.get 1) (local.get 0)))
;;; STDOUT:
-0.1
1.5
-9223372036854775808
7
inf
nan
1
-1
