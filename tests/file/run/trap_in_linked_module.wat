;;; RUN: sh -c 'echo "(module \$lib (func \$fail (export \"fail\") unreachable))" > lib.wat'
;;; RUN: waxwing run --link lib=lib.wat --invoke f %s
(module
  (import "lib" "fail" (func $fail))
  (func $f (export "f") (call $fail)))
