;; A splay tree (Sleator and Tarjan, 1985; top-down) of 8,000 nodes with payloads, in which every
;; step replaces a node: old objects refer to young ones all the time.
(module
  (type $numbers (array (mut i32)))
  (type $payload (struct (field (ref $numbers)) (field (ref null $payload))))
  (type $node (sub final (struct
    (field $key i32)
    (field $left (mut (ref null $node)))
    (field $right (mut (ref null $node)))
    (field $payload (ref null $payload)))))

  (global $root (mut (ref null $node)) (ref.null $node))
  (global $seed (mut i32) (i32.const 49734321))

  (func $random (result i32) (local $x i32)
    (local.set $x (global.get $seed))
    (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
    (local.set $x (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
    (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
    (global.set $seed (local.get $x))
    (i32.and (local.get $x) (i32.const 0x3FFFFFFF)))

  (func $payload (param $depth i32) (result (ref $payload))
    (struct.new $payload
      (array.new $numbers (local.get $depth) (i32.const 10))
      (if (result (ref null $payload)) (local.get $depth)
        (then (call $payload (i32.sub (local.get $depth) (i32.const 1))))
        (else (ref.null $payload)))))

  ;; Brings the node with `key`, or the last one on the way to it, to the root.
  (func $splay (param $key i32)
    (local $top (ref $node)) (local $l (ref $node)) (local $r (ref $node))
    (local $t (ref $node)) (local $y (ref $node))
    (local.set $top
      (struct.new $node (i32.const 0) (ref.null $node) (ref.null $node) (ref.null $payload)))
    (local.set $l (local.get $top))
    (local.set $r (local.get $top))
    (local.set $t (ref.as_non_null (global.get $root)))
    (block $done
      (loop $down
        (if (i32.lt_u (local.get $key) (struct.get $node $key (local.get $t)))
          (then
            (local.set $y (br_on_null $done (struct.get $node $left (local.get $t))))
            (if (i32.lt_u (local.get $key) (struct.get $node $key (local.get $y)))
              (then
                (struct.set $node $left (local.get $t) (struct.get $node $right (local.get $y)))
                (struct.set $node $right (local.get $y) (local.get $t))
                (local.set $t (local.get $y))
                (drop (br_on_null $done (struct.get $node $left (local.get $t))))))
            (struct.set $node $left (local.get $r) (local.get $t))
            (local.set $r (local.get $t))
            (local.set $t (ref.as_non_null (struct.get $node $left (local.get $t))))
            (br $down)))
        (if (i32.gt_u (local.get $key) (struct.get $node $key (local.get $t)))
          (then
            (local.set $y (br_on_null $done (struct.get $node $right (local.get $t))))
            (if (i32.gt_u (local.get $key) (struct.get $node $key (local.get $y)))
              (then
                (struct.set $node $right (local.get $t) (struct.get $node $left (local.get $y)))
                (struct.set $node $left (local.get $y) (local.get $t))
                (local.set $t (local.get $y))
                (drop (br_on_null $done (struct.get $node $right (local.get $t))))))
            (struct.set $node $right (local.get $l) (local.get $t))
            (local.set $l (local.get $t))
            (local.set $t (ref.as_non_null (struct.get $node $right (local.get $t))))
            (br $down)))))
    (struct.set $node $right (local.get $l) (struct.get $node $left (local.get $t)))
    (struct.set $node $left (local.get $r) (struct.get $node $right (local.get $t)))
    (struct.set $node $left (local.get $t) (struct.get $node $right (local.get $top)))
    (struct.set $node $right (local.get $t) (struct.get $node $left (local.get $top)))
    (global.set $root (local.get $t)))

  ;; Inserts `key`; 0 where it is there already.
  (func $insert (param $key i32) (result i32)
    (local $root (ref $node)) (local $n (ref null $node)) (local $p (ref $payload))
    (local.set $p (call $payload (i32.const 5)))
    (if (ref.is_null (global.get $root))
      (then
        (global.set $root (struct.new $node (local.get $key) (ref.null $node) (ref.null $node)
                                            (local.get $p)))
        (return (i32.const 1))))
    (call $splay (local.get $key))
    (local.set $root (ref.as_non_null (global.get $root)))
    (if (i32.eq (struct.get $node $key (local.get $root)) (local.get $key))
      (then (return (i32.const 0))))
    (if (i32.gt_u (local.get $key) (struct.get $node $key (local.get $root)))
      (then
        (local.set $n (struct.new $node (local.get $key) (local.get $root)
                        (struct.get $node $right (local.get $root)) (local.get $p)))
        (struct.set $node $right (local.get $root) (ref.null $node)))
      (else
        (local.set $n (struct.new $node (local.get $key)
                        (struct.get $node $left (local.get $root)) (local.get $root) (local.get $p)))
        (struct.set $node $left (local.get $root) (ref.null $node))))
    (global.set $root (local.get $n))
    (i32.const 1))

  ;; Takes the root out and returns its key.
  (func $remove_root (result i32)
    (local $old (ref $node)) (local $right (ref null $node))
    (local.set $old (ref.as_non_null (global.get $root)))
    (local.set $right (struct.get $node $right (local.get $old)))
    (global.set $root (struct.get $node $left (local.get $old)))
    (if (ref.is_null (global.get $root))
      (then (global.set $root (local.get $right)))
      (else
        (call $splay (struct.get $node $key (local.get $old)))
        (struct.set $node $right (ref.as_non_null (global.get $root)) (local.get $right))))
    (struct.get $node $key (local.get $old)))

  (func (export "run") (param $steps i32) (result i32)
    (local $i i32) (local $sum i32)
    (loop $fill
      (local.set $i (i32.add (local.get $i) (call $insert (call $random))))
      (br_if $fill (i32.lt_u (local.get $i) (i32.const 8000))))
    (loop $step
      ;; A node more, and the one that is then nearest to another key less.
      (if (call $insert (call $random))
        (then
          (call $splay (call $random))
          (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (call $remove_root)))))
      (br_if $step (local.tee $steps (i32.sub (local.get $steps) (i32.const 1)))))
    (local.get $sum)))
