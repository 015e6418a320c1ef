;; CALL: run 0
;; TRAP: integer divide by zero
;; TRACE: back env.call_back step run
(module
  (import "env" "call_back" (func $call_back (param i32) (result i32)))
  (func $back (export "back") (param i32) (result i32) (i32.div_u (i32.const 9) (local.get 0)))
  (func $step (param i32) (result i32) (i32.add (call $call_back (local.get 0)) (i32.const 1)))
  (func $run (export "run") (param i32) (result i32) (i32.mul (call $step (local.get 0)) (i32.const 2))))
