;; CALL: run
;; TRAP: integer divide by zero
;; TRACE: ratio run
(module
  (func $ratio (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
  (func $run (export "run") (result i64) (i64.add (call $ratio (i64.const 7) (i64.const 0)) (i64.const 1))))
