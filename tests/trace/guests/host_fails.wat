;; CALL: run 3
;; TRAP: out of order
;; TRACE: env.fail step run
(module
  (import "env" "fail" (func $fail (param i32)))
  (func $step (param i32) (call $fail (local.get 0)))
  (func $run (export "run") (param i32) (call $step (i32.add (local.get 0) (i32.const 1))) (call $step (i32.const 2))))
