;; CALL: run 65535
;; TRAP: out of bounds memory access
;; TRACE: add run
(module
  (memory 1)
  (func $add (param i32) (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 1))))
  (func $run (export "run") (param i32) (call $add (i32.const 4)) (call $add (local.get 0))))
