;; CALL: run 70000
;; TRAP: out of bounds memory access
;; TRACE: copy run
(module
  (memory 1)
  (func $copy (param i32) (memory.copy (i32.const 0) (local.get 0) (i32.const 16)))
  (func $run (export "run") (param i32) (call $copy (i32.const 64)) (call $copy (local.get 0))))
