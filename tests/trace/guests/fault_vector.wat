;; CALL: run 65530
;; TRAP: out of bounds memory access
;; TRACE: sum run
(module
  (memory 1)
  (func $sum (param i32) (result i32) (i32x4.extract_lane 0 (i32x4.add (v128.load (local.get 0)) (v128.load (i32.const 0)))))
  (func $run (export "run") (param i32) (result i32) (call $sum (local.get 0))))
