;; Looks at its own trace in a function of the host, and is looked at by a handler of a signal. The table is
;; exported: who could write to it is not known, and so nothing of what it calls is inlined.
(module
  (import "env" "look" (func $look))
  (global $g (mut i32) (i32.const 0))
  (table (export "t") 1 funcref) (elem (i32.const 0) $turn)
  (func $inner (call $look) (global.set $g (i32.const 1)))
  (func $middle (call $inner) (global.set $g (i32.const 2)))
  (func $run (export "run") (call $middle) (global.set $g (i32.const 3)))
  (func $turn (param i32)
    (loop $next (global.set $g (local.get 0)) (br_if $next (local.get 0))))
  (func $spin (export "spin") (call_indirect (param i32) (i32.const 1) (i32.const 0)) (global.set $g (i32.const 4))))
