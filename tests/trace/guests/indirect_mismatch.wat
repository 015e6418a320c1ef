;; CALL: run 0
;; TRAP: indirect call type mismatch
;; TRACE: run
(module
  (type $f (func (result i64)))
  (table 1 funcref) (elem (i32.const 0) $go)
  (func $go (result i32) (i32.const 5))
  (func $run (export "run") (param i32) (result i64) (call_indirect (type $f) (local.get 0))))
