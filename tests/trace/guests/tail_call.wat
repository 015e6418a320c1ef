;; CALL: run
;; TRAP: unreachable
;; TRACE: stop run
(module
  (func $stop (result i32) (unreachable))
  (func $middle (result i32) (return_call $stop))
  (func $run (export "run") (result i32) (i32.add (call $middle) (i32.const 1))))
