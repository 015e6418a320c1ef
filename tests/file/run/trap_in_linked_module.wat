;;; RUN: sh -c 'echo "(module \$lib (func \$fail (export \"fail\") unreachable))" > lib.wat'
;;; RUN: waxwing run --link lib=lib.wat --invoke f %s
;;; EXIT: 0 134
(module
  (import "lib" "fail" (func $fail))
  (func $f (export "f") (call $fail)))
;;; STDERR:
waxwing: trap: unreachable
  0: 0x0021 fail  lib.wat:1:42
  1: 0x002c f     trap_in_linked_module.wat:6:26
