;; CALL: run 0
;; TRAP: integer divide by zero
;; TRACE: part run
(module
  (func $part (param i32) (result i32) (i32.div_u (i32.const 8) (local.get 0)))
  (func $run (export "run") (param i32) (result i32)
    (i32.add (call $part (i32.const 4)) (call $part (local.get 0)))))
