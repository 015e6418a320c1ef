;; CALL: run 2
;; TRAP: unreachable
;; TRACE: back env.call_back back env.call_back back env.call_back run
(module
  (import "env" "call_back" (func $call_back (param i32) (result i32)))
  (func $back (export "back") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (i32.add (call $call_back (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
  (func $run (export "run") (param i32) (result i32) (i32.add (call $call_back (local.get 0)) (i32.const 1))))
