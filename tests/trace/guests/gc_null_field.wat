;; CALL: run
;; TRAP: null structure reference
;; TRACE: get run
(module
  (type $pair (struct (field i32) (field i32)))
  (func $get (param (ref null $pair)) (result i32) (struct.get $pair 1 (local.get 0)))
  (func $run (export "run") (result i32)
    (i32.add (call $get (struct.new $pair (i32.const 1) (i32.const 2))) (call $get (ref.null $pair)))))
