;; CALL: run 5
;; TRAP: out of bounds table access
;; TRACE: get run
(module
  (table 2 externref)
  (func $get (param i32) (result externref) (table.get (local.get 0)))
  (func $run (export "run") (param i32) (result i32) (ref.is_null (call $get (local.get 0)))))
