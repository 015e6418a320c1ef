;; CALL: run 0
;; TRAP: integer divide by zero
;; TRACE: run
(module
  (memory 1)
  (func $run (export "run") (param i32) (result i32)
    (if (i32.eq (local.get 0) (i32.const 9)) (then (unreachable)))
    (drop (i32.div_u (i32.load (i32.const 0)) (i32.const 3)))
    (drop (i32.div_u (i32.const 5) (i32.add (local.get 0) (i32.const 1))))
    (drop (i32.div_u (i32.const 6) (local.get 0)))
    (drop (i32.div_u (i32.const 7) (local.get 0)))
    (i32.rem_u (i32.const 7) (local.get 0))))
