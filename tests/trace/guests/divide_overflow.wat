;; CALL: run
;; TRAP: integer overflow
;; TRACE: ratio run
(module
  (func $ratio (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func $run (export "run") (result i64)
    (i64.add (call $ratio (i64.const -9223372036854775808) (i64.const -1)) (i64.const 1))))
