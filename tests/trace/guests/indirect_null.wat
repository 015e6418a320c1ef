;; CALL: run 1
;; TRAP: uninitialized element
;; TRACE: pick run
(module
  (type $f (func (result i32)))
  (table 2 funcref) (elem (i32.const 0) $go)
  (func $go (result i32) (i32.const 5))
  (func $pick (param i32) (result i32) (call_indirect (type $f) (local.get 0)))
  (func $run (export "run") (param i32) (result i32) (i32.add (call $pick (local.get 0)) (i32.const 1))))
