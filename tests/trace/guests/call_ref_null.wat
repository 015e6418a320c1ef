;; CALL: run
;; TRAP: null function reference
;; TRACE: run
(module
  (type $f (func (result i32)))
  (func $run (export "run") (result i32) (call_ref $f (ref.null $f))))
