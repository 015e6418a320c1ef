;; CALL: run 0
;; TRAP: unreachable
;; TRACE: stop run
(module
  (import "env" "log" (func $log (param i32)))
  (func $stop (param i32) (call $log (local.get 0)) (unreachable))
  (func $run (export "run") (param i32) (call $log (i32.const 1)) (call $stop (local.get 0))))
