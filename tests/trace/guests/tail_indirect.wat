;; CALL: run 5
;; TRAP: unreachable
;; TRACE: odd run
(module
  (type $f (func (param i32) (result i32)))
  (table 2 funcref) (elem (i32.const 0) $even $odd)
  (func $even (type $f) (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))
  (func $odd (type $f)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
  (func $run (export "run") (param i32) (result i32)
    (i32.add (call $even (local.get 0)) (i32.const 3))))
