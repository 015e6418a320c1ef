;;; RUN: waxwing run --invoke i32 %s 4294967295
;;; RUN: waxwing run --invoke i32 %s 0x80000000
;;; RUN: waxwing run --invoke i32 %s 4294967296
;;; RUN: waxwing run --invoke i32 %s -2147483649
;;; RUN: waxwing run --invoke i64 %s 18446744073709551615
;;; RUN: waxwing run --invoke i64 %s 1_000_000
;;; RUN: waxwing run --invoke i64 %s 1.5
;;; EXIT: 0 0 1 1 0 0 1
(module
  (func (export "i32") (param i32) (result i32) local.get 0)
  (func (export "i64") (param i64) (result i64) local.get 0))
;;; STDOUT:
-1
-2147483648
-1
1000000
;;; STDERR:
waxwing: error: argument 1 of 'i32': '4294967296' is not i32: write an integer of 32 bits, e.g. -1 or 0xff
waxwing: error: argument 1 of 'i32': '-2147483649' is not i32: write an integer of 32 bits, e.g. -1 or 0xff
waxwing: error: argument 1 of 'i64': '1.5' is not i64: write an integer of 64 bits, e.g. -1 or 0xff
