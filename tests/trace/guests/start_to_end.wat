;; CALL: run
;; TRAP: unreachable
;; TRACE: e d c b a run
(module
  (global $g (mut i64) (i64.const 1))
  (func $e (unreachable))
  (func $d (global.set $g (i64.const 2)) (call $e) (global.set $g (i64.const 3)))
  (func $c (call $d) (global.set $g (i64.const 4)))
  (func $b (param i64) (call $c) (global.set $g (local.get 0)))
  (func $a (call $b (global.get $g)) (global.set $g (i64.const 6)))
  (func $run (export "run") (result i64) (call $a) (global.get $g)))
