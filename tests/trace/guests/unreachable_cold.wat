;; CALL: run 1
;; TRAP: unreachable
;; TRACE: check run
(module
  (func $check (param i32) (if (local.get 0) (then (unreachable))))
  (func $run (export "run") (param i32)
    (call $check (i32.const 0)) (call $check (local.get 0)) (call $check (i32.const 0))))
