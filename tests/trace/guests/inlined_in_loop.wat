;; CALL: run 20
;; TRAP: integer divide by zero
;; TRACE: part run
(module
  (func $part (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func $run (export "run") (param i32) (result i32) (local i32)
    (loop $next
      (local.set 1 (i32.add (local.get 1) (call $part (i32.const -2147483648) (i32.sub (local.get 0) (i32.const 18)))))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $next (local.get 0)))
    (local.get 1)))
