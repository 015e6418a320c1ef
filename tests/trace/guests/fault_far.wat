;; CALL: run -1
;; TRAP: out of bounds memory access
;; TRACE: run
(module
  (memory 1)
  (func $run (export "run") (param i32) (result i64) (i64.load offset=0xFFFFFFFF (local.get 0))))
