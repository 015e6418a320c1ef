;; CALL: run 1
;; TRAP: integer overflow
;; TRACE: run
(module
  (func $run (export "run") (param i32) (result i32) (i32.trunc_f32_u (f32.const 1e20))))
