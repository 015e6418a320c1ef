;; CALL: run 16380
;; TRAP: out of bounds memory access
;; TRACE: sum run
(module
  (memory 1)
  (func $sum (param i32 i32) (result i32)
    (loop $next
      (local.set 1 (i32.add (local.get 1) (i32.load (i32.shl (local.get 0) (i32.const 2)))))
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get 0) (i32.const 20000))))
    (local.get 1))
  (func $run (export "run") (param i32) (result i32) (call $sum (local.get 0) (i32.const 0))))
