;; CALL: run 65536
;; TRAP: out of bounds memory access
;; TRACE: run
(module
  (memory 1)
  (func $run (export "run") (param i32) (drop (i32.load (local.get 0)))))
