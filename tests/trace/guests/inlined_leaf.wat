;; CALL: run 65536
;; TRAP: out of bounds memory access
;; TRACE: peek run
(module
  (memory 1)
  (func $peek (param i32) (result i32) (i32.load (local.get 0)))
  (func $run (export "run") (param i32) (result i32) (i32.add (call $peek (local.get 0)) (i32.const 1))))
