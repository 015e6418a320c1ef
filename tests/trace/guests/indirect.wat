;; CALL: run 0
;; TRAP: unreachable
;; TRACE: stop run
(module
  (type $f (func (result i32)))
  (table 2 funcref) (elem (i32.const 0) $stop $go)
  (func $stop (result i32) (unreachable))
  (func $go (result i32) (i32.const 5))
  (func $run (export "run") (param i32) (result i32)
    (i32.add (call_indirect (type $f) (local.get 0)) (i32.const 1))))
