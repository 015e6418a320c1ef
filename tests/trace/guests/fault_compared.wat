;; CALL: run 65528 65532
;; TRAP: out of bounds memory access
;; TRACE: compare run
;; What is loaded becomes part of the comparison, whose offset is another's.
(module
  (memory 1)
  (func $compare (param $to i32) (param $left i32) (param $right i32)
    (local $a f32) (local $b f32) (local $c f32) (local $d f32) (local $e f32) (local $f f32) (local $g f32)
    (local.set $a (f32.load (local.get $left)))
    (local.set $b (f32.load (local.get $right)))
    (local.set $c (f32.load offset=4 (local.get $left)))
    (local.set $d (f32.load offset=4 (local.get $right)))
    (local.set $e (f32.load offset=8 (local.get $to)))
    (local.set $f (f32.load offset=12 (local.get $to)))
    (local.set $g (f32.load offset=16 (local.get $to)))
    (i32.store (local.get $to) (select (i32.const -1) (i32.const 0) (f32.ge (local.get $c) (local.get $d))))
    (i32.store offset=4 (local.get $to) (select (i32.const -1) (i32.const 0) (f32.ge (local.get $a) (local.get $b))))
    (i32.store offset=8 (local.get $to) (select (i32.const -1) (i32.const 0) (f32.ge (local.get $e) (local.get $f))))
    (i32.store offset=12 (local.get $to) (select (i32.const -1) (i32.const 0) (f32.ge (local.get $g) (f32.load offset=20 (local.get $to))))))
  (func $run (export "run") (param $left i32) (param $right i32)
    (call $compare (i32.const 0) (local.get $left) (local.get $right))
    (call $compare (i32.const 64) (local.get $left) (local.get $right))))
