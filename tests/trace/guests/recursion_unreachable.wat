;; CALL: run 5
;; TRAP: unreachable
;; TRACE: run run run run run run
(module
  (func $run (export "run") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (i32.add (call $run (i32.sub (local.get 0) (i32.const 1))) (i32.const 1))))
