;; CALL: run 5
;; TRAP: out of bounds memory access
;; TRACE: handler middle run
(module
  (memory 1)
  (tag $wrong)
  (func $down (param i32)
    (if (i32.eqz (local.get 0)) (then (throw $wrong)))
    (call $down (i32.sub (local.get 0) (i32.const 1))))
  (func $handler (param i32) (result i32) (i32.load offset=65536 (local.get 0)))
  (func $middle (param i32) (result i32)
    (block $caught (try_table (catch_all $caught) (call $down (local.get 0))) (return (i32.const 0)))
    (i32.add (call $handler (local.get 0)) (i32.const 1)))
  (func $run (export "run") (param i32) (result i32) (i32.add (call $middle (local.get 0)) (i32.const 1))))
