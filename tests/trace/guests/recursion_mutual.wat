;; CALL: run 3
;; TRAP: unreachable
;; TRACE: even odd even odd run
(module
  (func $even (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (i32.xor (call $odd (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
  (func $odd (param i32) (result i32)
    (i32.xor (call $even (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
  (func $run (export "run") (param i32) (result i32) (i32.add (call $odd (local.get 0)) (i32.const 7))))
