;; CALL: run 0
;; TRAP: integer divide by zero
;; TRACE: part part_of run
(module
  (func $part (param i32) (result i32) (i32.div_s (i32.const 8) (local.get 0)))
  (func $part_of (param i32) (result i32) (i32.add (call $part (local.get 0)) (call $part (i32.const 2))))
  (func $run (export "run") (param i32) (result i32) (i32.mul (call $part_of (local.get 0)) (i32.const 3))))
