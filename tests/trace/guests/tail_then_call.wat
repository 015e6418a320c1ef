;; CALL: run 3
;; TRAP: out of bounds memory access
;; TRACE: leaf last run
(module
  (memory 1)
  (func $leaf (param i32) (result i32) (i32.load offset=0xFFFF (local.get 0)))
  (func $last (param i32) (result i32) (i32.add (call $leaf (local.get 0)) (i32.const 2)))
  (func $first (param i32) (result i32) (return_call $last (i32.add (local.get 0) (i32.const 1))))
  (func $run (export "run") (param i32) (result i32) (i32.add (call $first (local.get 0)) (i32.const 1))))
