;; CALL: run 2
;; TRAP: integer divide by zero
;; TRACE: run run run
(module
  (func $run (export "run") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.div_u (i32.const 3) (local.get 0)))))
    (i32.sub (call $run (i32.sub (local.get 0) (i32.const 1)))
             (call $run (i32.sub (local.get 0) (i32.const 1))))))
