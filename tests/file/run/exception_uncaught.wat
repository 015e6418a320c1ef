;;; RUN: waxwing run %s
;;; EXIT: 134
(module
  (tag $oops (param i32 f64 v128 externref))
  (tag $other)
  (func $load (param $code i32)
    (throw $oops (local.get $code) (f64.const 0.5) (v128.const i32x4 1 2 3 4)
      (ref.null extern)))
  (func $middle
    (block $caught
      (try_table (catch $other $caught)
        (call $load (i32.const -7)))))
  (func $main (export "_start")
    (call $middle)))
;;; STDERR:
waxwing: uncaught exception: oops (i32 -7, f64 0.5, v128 i32x4 0x00000001 0x00000002 0x00000003 0x00000004, externref ref.null)
  0: 0x0056 load    exception_uncaught.wat:7:6
  1: 0x0065 middle  exception_uncaught.wat:12:10
  2: 0x006c main    exception_uncaught.wat:14:6
