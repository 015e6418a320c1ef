;; CALL: run 4
;; TRAP: unreachable
;; TRACE: after run
(module
  (tag $wrong (param i32))
  (func $throws (param i32) (throw $wrong (local.get 0)))
  (func $after (param i32) (result i32) (if (local.get 0) (then (unreachable))) (i32.const 1))
  (func $run (export "run") (param i32) (result i32)
    (call $after (block $caught (result i32)
      (try_table (catch $wrong $caught) (call $throws (local.get 0)))
      (i32.const 0)))))
