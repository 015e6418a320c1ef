;; CALL: run
;; TRAP: call stack exhausted
;; TRACE: ping|pong... run
(module
  (memory 1)
  (func $ping (param i32) (result i32) (i32.add (call $pong (local.get 0)) (i32.load (i32.const 4))))
  (func $pong (param i32) (result i32) (i32.add (call $ping (local.get 0)) (i32.load (i32.const 8))))
  (func $run (export "run") (result i32) (call $ping (i32.const 0))))
