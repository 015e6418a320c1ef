;; RUN: PLAIN --target=x86_64 --emit=ir -O2
;; A loop on its own has a second copy only if that may be vectors: if numbers that go from one iteration
;; to the next are counted, summed up or passed on.
(module
  (memory 1)

  ;; Digits of a number.
  ;; PLAIN-LABEL: define {{.*}}@f0(
  ;; PLAIN-NOT: fence
  ;; PLAIN: ret i32
  (func (export "number") (param $p i32) (param $n i32) (result i32) (local $s i32) (local $i i32)
    (loop $next
      (local.set $s (i32.add (i32.mul (local.get $s) (i32.const 10))
        (i32.load8_u (i32.add (local.get $p) (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $s))

  ;; PLAIN-LABEL: define {{.*}}@f1(
  ;; PLAIN: vector.body
  ;; PLAIN: fence
  ;; PLAIN: ret i32
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $s i32) (local $i i32)
    (loop $next
      (local.set $s (i32.add (local.get $s)
        (i32.load8_u (i32.add (local.get $p) (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $s))

  ;; What the iteration before has loaded.
  ;; PLAIN-LABEL: define {{.*}}@f2(
  ;; PLAIN: vector.body
  ;; PLAIN: fence
  ;; PLAIN: ret void
  (func (export "differences") (param $p i32) (param $q i32) (param $n i32)
    (local $i i32) (local $before i32) (local $now i32)
    (loop $next
      (local.set $now (i32.load (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2)))))
      (i32.store (i32.add (local.get $q) (i32.shl (local.get $i) (i32.const 2)))
        (i32.sub (local.get $now) (local.get $before)))
      (local.set $before (local.get $now))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))
)
