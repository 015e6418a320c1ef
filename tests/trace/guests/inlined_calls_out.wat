;; CALL: run 1
;; TRAP: unreachable
;; TRACE: stop step run
(module
  (global $g (mut i32) (i32.const 0))
  (func $stop (param i32) (if (local.get 0) (then (unreachable))) (global.set $g (local.get 0)))
  (func $step (param i32) (call $stop (i32.const 0)) (call $stop (local.get 0)))
  (func $run (export "run") (param i32) (call $step (i32.const 0)) (call $step (local.get 0))))
