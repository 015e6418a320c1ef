;; CALL: run 65533
;; TRAP: out of bounds memory access
;; TRACE: poke run
(module
  (memory 1)
  (func $poke (param i32) (i32.store (local.get 0) (i32.const 7)))
  (func $run (export "run") (param i32) (call $poke (i32.const 8)) (call $poke (local.get 0))))
