;; CALL: run 3
;; TRAP: out of bounds array access
;; TRACE: fill run
(module
  (type $row (array (mut i64)))
  (func $fill (param (ref $row) i32) (array.fill $row (local.get 0) (local.get 1) (i64.const 1) (i32.const 8)))
  (func $run (export "run") (param i32) (call $fill (array.new_default $row (i32.const 8)) (local.get 0))))
