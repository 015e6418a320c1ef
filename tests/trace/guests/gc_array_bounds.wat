;; CALL: run 10
;; TRAP: out of bounds array access
;; TRACE: get run
(module
  (type $row (array (mut i32)))
  (func $get (param (ref $row) i32) (result i32) (array.get $row (local.get 0) (local.get 1)))
  (func $run (export "run") (param i32) (result i32)
    (call $get (array.new $row (i32.const 4) (i32.const 10)) (local.get 0))))
