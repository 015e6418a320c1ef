;; CALL: run
;; TRAP: integer divide by zero
;; TRACE: stop run
(module
  (type $f (func (param i32) (result i32)))
  (elem declare func $stop)
  (func $stop (type $f) (i32.rem_u (i32.const 1) (local.get 0)))
  (func $run (export "run") (result i32) (i32.add (call_ref $f (i32.const 0) (ref.func $stop)) (i32.const 2))))
