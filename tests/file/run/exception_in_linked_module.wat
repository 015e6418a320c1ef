;;; RUN: sh -c 'echo "(module \$lib (tag \$gone (export \"gone\") (param i64)) (func \$fail (export \"fail\") (param i64) (throw \$gone (local.get 0))))" > lib.wat'
;;; RUN: waxwing run --link lib=lib.wat --invoke catch %s
;;; RUN: waxwing run --link lib=lib.wat --invoke miss %s
;;; EXIT: 0 0 134
(module
  (import "lib" "gone" (tag $gone (param i64)))
  (import "lib" "fail" (func $fail (param i64)))
  (tag $alike (param i64))
  (func $catch (export "catch") (result i64)
    (block $caught (result i64)
      (try_table (catch $gone $caught) (call $fail (i64.const 40)))
      (i64.const 0)))
  (func $miss (export "miss") (result i64)
    (block $caught (result i64)
      (try_table (catch $alike $caught) (call $fail (i64.const 41)))
      (i64.const 0))))
;;; STDOUT:
40
;;; STDERR:
waxwing: uncaught exception: gone (i64 41)
  0: 0x0030 fail  lib.wat:1:95
  1: 0x006b miss  exception_in_linked_module.wat:15:42
