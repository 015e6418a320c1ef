;; CALL: run 70000
;; TRAP: out of bounds memory access
;; TRACE: a b c d run
(module
  (memory 1)
  (func $a (param i32) (result i32) (i32.load16_u offset=2 (local.get 0)))
  (func $b (param i32) (result i32) (i32.add (call $a (local.get 0)) (i32.const 1)))
  (func $c (param i32) (result i32) (i32.add (call $b (local.get 0)) (i32.const 2)))
  (func $d (param i32) (result i32) (i32.add (call $c (local.get 0)) (i32.const 3)))
  (func $run (export "run") (param i32) (result i32) (call $d (local.get 0))))
