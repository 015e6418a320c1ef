;; CALL: run 1000
;; TRAP: integer divide by zero
;; TRACE: down run
(module
  (func $down (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.div_u (i32.const 1) (local.get 0)))))
    (return_call $down (i32.sub (local.get 0) (i32.const 1))))
  (func $run (export "run") (param i32) (result i32) (i32.add (call $down (local.get 0)) (i32.const 1))))
