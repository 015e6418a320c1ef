;; CALL: run 4
;; TRAP: unreachable
;; TRACE: visit visit visit visit visit run
(module
  (type $f (func (param i32) (result i32)))
  (table 1 funcref) (elem (i32.const 0) $visit)
  (func $visit (type $f)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (i32.add (call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)) (i32.const 1)))
  (func $run (export "run") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0))))
