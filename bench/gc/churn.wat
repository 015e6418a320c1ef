;; List churn: a queue of 100,000 cells, which lives while its cells come and go.
(module
  (type $cell (struct (field $value i32) (field $next (mut (ref null $cell)))))

  (func (export "run") (param $n i32) (result i32)
    (local $head (ref $cell)) (local $tail (ref $cell)) (local $new (ref $cell))
    (local $i i32) (local $sum i32)
    (local.set $head (struct.new $cell (i32.const 0) (ref.null $cell)))
    (local.set $tail (local.get $head))
    (loop $next
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (local.set $new (struct.new $cell (local.get $i) (ref.null $cell)))
      (struct.set $cell $next (local.get $tail) (local.get $new))
      (local.set $tail (local.get $new))
      (if (i32.gt_u (local.get $i) (i32.const 100000))
        (then
          (local.set $sum (i32.add (local.get $sum) (struct.get $cell $value (local.get $head))))
          (local.set $head (ref.as_non_null (struct.get $cell $next (local.get $head))))))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $sum)))
