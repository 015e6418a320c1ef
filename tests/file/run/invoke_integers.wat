;;; RUN: waxwing run --invoke i32 %s 4294967295
;;; RUN: waxwing run --invoke i32 %s 0x80000000
;;; RUN: waxwing run --invoke i32 %s 4294967296
;;; RUN: waxwing run --invoke i32 %s -2147483649
;;; RUN: waxwing run --invoke i64 %s 18446744073709551615
;;; RUN: waxwing run --invoke i64 %s 1_000_000
;;; RUN: waxwing run --invoke i64 %s 1.5
(module
  (func (export "i32") (param i32) (result i32) local.get 0)
  (func (export "i64") (param i64) (result i64) local.get 0))
