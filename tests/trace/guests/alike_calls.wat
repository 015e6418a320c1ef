;; CALL: run 3
;; TRAP: unreachable
;; TRACE: stop run
(module
  (global $g (mut i32) (i32.const 0))
  (func $stop (param i32)
    (global.set $g (i32.add (global.get $g) (local.get 0)))
    (if (i32.eq (global.get $g) (i32.const 12)) (then (unreachable))))
  (func $run (export "run") (param i32)
    (block $c (block $b (block $a (br_table $a $b $c $c (local.get 0)))
      (call $stop (i32.const 3)) (return))
      (call $stop (i32.const 3)) (return))
    (call $stop (i32.const 12))))
