;;; RUN: waxwing run --invoke zzz %s
;;; EXIT: 1
(module (func $f)
  (export "f0" (func $f))
  (export "f1" (func $f))
  (export "f2" (func $f))
  (export "f3" (func $f))
  (export "f4" (func $f))
  (export "f5" (func $f))
  (export "f6" (func $f))
  (export "f7" (func $f))
  (export "f8" (func $f))
  (export "f9" (func $f))
  (export "f10" (func $f))
  (export "f11" (func $f))
  (export "f12" (func $f))
  (export "f13" (func $f))
)
;;; STDERR:
waxwing: error: many_functions.wat: no exported function 'zzz'; it exports f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11 and 2 more
