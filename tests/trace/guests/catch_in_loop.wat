;; CALL: run 3
;; TRAP: integer divide by zero
;; TRACE: ratio run
(module
  (tag $wrong (param i32))
  (func $throws (param i32) (if (local.get 0) (then (throw $wrong (local.get 0)))))
  (func $ratio (param i32) (result i32) (i32.div_u (i32.const 12) (local.get 0)))
  (func $run (export "run") (param i32) (result i32) (local i32)
    (loop $next
      (block $done
        (drop (block $caught (result i32)
          (try_table (catch $wrong $caught) (call $throws (local.get 0)))
          (br $done)))
        (local.set 1 (i32.add (local.get 1) (call $ratio (local.get 0)))))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $next (i32.ge_s (local.get 0) (i32.const 0))))
    (drop (call $ratio (i32.add (local.get 0) (i32.const 1))))
    (local.get 1)))
