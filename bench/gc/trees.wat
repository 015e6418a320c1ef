;; Binary trees: many complete trees that live for a moment, and one that stays.
(module
  (type $tree (struct (field (ref null $tree)) (field (ref null $tree))))

  (func $make (param $depth i32) (result (ref $tree))
    (if (result (ref $tree)) (local.get $depth)
      (then (struct.new $tree (call $make (i32.sub (local.get $depth) (i32.const 1)))
                              (call $make (i32.sub (local.get $depth) (i32.const 1)))))
      (else (struct.new_default $tree))))

  (func $count (param $t (ref null $tree)) (result i32)
    (if (result i32) (ref.is_null (local.get $t))
      (then (i32.const 0))
      (else (i32.add (i32.const 1)
        (i32.add (call $count (struct.get $tree 0 (local.get $t)))
                 (call $count (struct.get $tree 1 (local.get $t))))))))

  (func (export "run") (param $depth i32) (result i32)
    (local $long (ref null $tree)) (local $d i32) (local $n i32) (local $sum i32)
    (local.set $long (call $make (local.get $depth)))
    (local.set $d (i32.const 4))
    (loop $depths
      (local.set $n (i32.shl (i32.const 1)
                             (i32.add (i32.sub (local.get $depth) (local.get $d)) (i32.const 4))))
      (loop $trees
        (local.set $sum (i32.add (local.get $sum) (call $count (call $make (local.get $d)))))
        (br_if $trees (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.set $d (i32.add (local.get $d) (i32.const 4)))
      (br_if $depths (i32.le_u (local.get $d) (local.get $depth))))
    (i32.add (local.get $sum) (call $count (local.get $long)))))
