;; CALL: run
;; TRAP: cast failure
;; TRACE: narrow run
(module
  (type $a (sub (struct (field i32))))
  (type $b (sub $a (struct (field i32) (field i64))))
  (func $narrow (param (ref $a)) (result i64) (struct.get $b 1 (ref.cast (ref $b) (local.get 0))))
  (func $run (export "run") (result i64) (call $narrow (struct.new $a (i32.const 1)))))
