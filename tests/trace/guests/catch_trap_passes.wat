;; CALL: run 0
;; TRAP: integer divide by zero
;; TRACE: ratio run
(module
  (tag $wrong)
  (func $ratio (param i32) (result i32) (i32.div_u (i32.const 12) (local.get 0)))
  (func $run (export "run") (param i32) (result i32)
    (block $caught (try_table (catch_all $caught) (return (call $ratio (local.get 0)))))
    (i32.const 77)))
