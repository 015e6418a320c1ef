;; CALL: run 3
;; TRAP: out of order
;; TRACE: env.fail run run run run
(module
  (import "env" "fail" (func $fail (param i32)))
  (func $run (export "run") (param i32)
    (if (i32.eqz (local.get 0)) (then (call $fail (i32.const 7)) (return)))
    (call $run (i32.sub (local.get 0) (i32.const 1)))))
