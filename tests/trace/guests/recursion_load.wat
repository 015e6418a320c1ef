;; CALL: run 4
;; TRAP: out of bounds memory access
;; TRACE: run run run run run
(module
  (memory 1)
  (func $run (export "run") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.load (i32.const 65536)))
      (else (i32.add (call $run (i32.sub (local.get 0) (i32.const 1))) (i32.load (i32.const 0)))))))
