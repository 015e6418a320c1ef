;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing wast %s
;;; RUN: waxwing wast --engine=aot -O2 %s
;;; RUN: waxwing wast --engine=aot -O0 %s
;;; RUN: waxwing wast --engine=aot -O2 --signals=off %s
;; On its way an exception passes a module that catches none and keeps values of its own in the
;; registers that calls preserve; the one that catches it finds its own there.
(module $thrower
  (tag $t (export "t"))
  (func (export "throw") (param i32) (if (local.get 0) (then (throw $t)))))
(register "thrower" $thrower)
(module $between
  (func $throw (import "thrower" "throw") (param i32))
  (func (export "pass") (param i64 i64 i64 i64 i64 i64 i32) (result i64)
    (call $throw (local.get 6))
    (i64.mul
      (i64.add (i64.add (local.get 0) (local.get 1)) (i64.add (local.get 2) (local.get 3)))
      (i64.sub (local.get 4) (local.get 5)))))
(register "between" $between)
(module
  (func $pass (import "between" "pass") (param i64 i64 i64 i64 i64 i64 i32) (result i64))
  (func (export "run") (param i64 i64 i64 i64 i64 i32) (result i64)
    (block $caught
      (return
        (try_table (result i64) (catch_all $caught)
          (call $pass (i64.const 101) (i64.const 102) (i64.const 103) (i64.const 104)
            (i64.const 105) (i64.const 100) (local.get 5)))))
    (i64.add
      (i64.add (local.get 0) (i64.mul (local.get 1) (i64.const 10)))
      (i64.add (i64.mul (local.get 2) (i64.const 100))
        (i64.add (i64.mul (local.get 3) (i64.const 1000))
          (i64.mul (local.get 4) (i64.const 10000)))))))
(assert_return (invoke "run" (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)
  (i32.const 1)) (i64.const 54321))
(assert_return (invoke "run" (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)
  (i32.const 0)) (i64.const 2050))
;;; STDOUT:
2 passed, 0 failed, 0 skipped
2 passed, 0 failed, 0 skipped
2 passed, 0 failed, 0 skipped
2 passed, 0 failed, 0 skipped
