;;; RUN: waxwing run --features=+legacy-exceptions --invoke caught %s 3
;;; RUN: waxwing run --features=+legacy-exceptions --invoke caught %s 4
;;; RUN: waxwing run --features=+legacy-exceptions --invoke delegated %s
;;; RUN: waxwing run --invoke caught %s 3
;;; EXIT: 0 134 134 1
(module
  (tag $three (param i32))
  (func $fail (param $n i32)
    (throw $three (local.get $n)))
  (func $caught (export "caught") (param $n i32) (result i32)
    (try $outer (result i32)
      (do (call $fail (local.get $n)) (i32.const 0))
      (catch $three
        (if (i32.ne (i32.const 3)) (then (rethrow $outer)))
        (i32.const 33))
      (catch_all (i32.const -1))))
  (func (export "delegated")
    (try $out
      (do
        (try
          (do (try (do (call $fail (i32.const 9))) (delegate 2)))
          (catch_all)))
      (catch_all))))
;;; STDOUT:
33
;;; STDERR:
waxwing: uncaught exception: three (i32 4)
  0: 0x0055 caught  legacy_exceptions.wat:14:43
waxwing: uncaught exception: three (i32 9)
  0: 0x0041 fail       legacy_exceptions.wat:9:6
  1: 0x0069 delegated  legacy_exceptions.wat:21:25
waxwing: error: legacy_exceptions.wat:11:6: 0x46 (func 1 "caught"): feature is not enabled: legacy-exceptions
  --features=+legacy-exceptions allows it
