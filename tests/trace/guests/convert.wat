;; CALL: run 1
;; TRAP: invalid conversion to integer
;; TRACE: cut run
(module
  (func $cut (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func $run (export "run") (param i32) (result i32)
    (i32.add (call $cut (f64.const 2.5)) (call $cut (f64.const nan)))))
