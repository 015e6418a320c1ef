;; RUN: VECTOR --target=x86_64 --emit=ir -O2
;; RUN: EXPLICIT --target=x86_64 --emit=ir -O3 --bounds-checks=explicit
;; RUN: METERED --target=x86_64 --emit=ir -O2 --metering
;; RUN: SIZE --target=x86_64 --emit=ir -Os
;; A loop over affine addresses has a copy in vectors, behind a test; what may stop in its middle,
;; grows a memory or shares it has not.
(module
  (memory 1)
  (memory $wide i64 1)
  (memory $shared 1 1 shared)

  ;; VECTOR-LABEL: define {{.*}}@f0(
  ;; VECTOR: icmp sle i64
  ;; VECTOR: br i1
  ;; VECTOR: vector.body:
  ;; VECTOR: load <4 x i32>, {{.*}} align 1, {{.*}}!alias.scope {{.*}}!noalias
  ;; VECTOR: store <4 x i32>
  ;; VECTOR: fence syncscope("singlethread") seq_cst
  ;; VECTOR: load volatile i32, {{.*}} align 1
  ;; VECTOR: store volatile i32
  ;; VECTOR: ret void
  ;; EXPLICIT-LABEL: define {{.*}}@f0(
  ;; EXPLICIT: store <4 x i32>
  ;; EXPLICIT: ret void
  ;; METERED-LABEL: define {{.*}}@f0(
  ;; METERED-NOT: <4 x i32>
  ;; METERED-LABEL: define {{.*}}@f1(
  ;; SIZE-LABEL: define {{.*}}@f0(
  ;; SIZE-NOT: <4 x i32>
  ;; SIZE-LABEL: define {{.*}}@f1(
  (func (export "versioned") (param $p i32) (param $q i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store (i32.add (local.get $q) (i32.shl (local.get $i) (i32.const 2)))
        (i32.add (i32.const 3)
          (i32.load (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))

  ;; VECTOR-LABEL: define {{.*}}@f1(
  ;; VECTOR-NOT: <4 x i32>
  ;; VECTOR-NOT: fence
  ;; VECTOR: ret void
  (func (export "grows") (param $p i32) (param $q i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store (i32.add (local.get $q) (i32.shl (local.get $i) (i32.const 2)))
        (i32.load (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2)))))
      (drop (memory.grow (i32.const 1)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))

  ;; VECTOR-LABEL: define {{.*}}@f2(
  ;; VECTOR-NOT: <4 x i32>
  ;; VECTOR-NOT: fence
  ;; VECTOR: ret void
  (func (export "shared") (param $p i32) (param $q i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store $shared (i32.add (local.get $q) (i32.shl (local.get $i) (i32.const 2)))
        (i32.load $shared (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))

  ;; VECTOR-LABEL: define {{.*}}@f3(
  ;; VECTOR-NOT: <4 x i32>
  ;; VECTOR-NOT: fence
  ;; VECTOR: ret void
  ;; What the loop stores is no memory's size.
  ;; EXPLICIT-LABEL: define {{.*}}@f3(
  ;; EXPLICIT: loop:
  ;; EXPLICIT-NOT: load i64
  ;; EXPLICIT-NOT: load ptr
  ;; EXPLICIT: store volatile
  ;; EXPLICIT-NOT: load i64
  ;; EXPLICIT: ret void
  (func (export "unknown") (param $p i32) (param $q i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store (i32.add (local.get $q) (i32.shl (local.get $i) (i32.const 2)))
        (i32.load (i32.load (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))

  ;; VECTOR-LABEL: define {{.*}}@f4(
  ;; VECTOR: store <4 x i32>
  ;; VECTOR: fence
  ;; VECTOR: ret void
  (func (export "wide") (param $p i64) (param $q i64) (param $n i64) (local $i i64)
    (loop $next
      (i32.store $wide (i64.add (local.get $q) (i64.shl (local.get $i) (i64.const 2)))
        (i32.load $wide offset=8 (i64.add (local.get $p) (i64.shl (local.get $i) (i64.const 2)))))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $i) (local.get $n)))))

  ;; Unrolled as compilers do it: vectors of iterations all the same.
  ;; VECTOR-LABEL: define {{.*}}@f5(
  ;; VECTOR: vector.body
  ;; VECTOR: load <{{4|8|16}} x i8>

  ;; VECTOR: fence
  ;; VECTOR: ret i32
  ;; EXPLICIT-LABEL: define {{.*}}@f5(
  ;; EXPLICIT: vector.body
  ;; EXPLICIT: load <{{4|8|16}} x i8>
  ;; EXPLICIT: ret i32
  (func (export "unrolled") (param $p i32) (param $q i32) (param $n i32) (result i32) (local $s i32)
    (loop $next
      (local.set $s (i32.add (i32.add (local.get $s)
        (i32.mul (i32.load8_s (local.get $p)) (i32.load8_s (local.get $q))))
        (i32.mul (i32.load8_s offset=1 (local.get $p)) (i32.load8_s offset=1 (local.get $q)))))
      (local.set $p (i32.add (local.get $p) (i32.const 2)))
      (local.set $q (i32.add (local.get $q) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))

  ;; Up to a number in steps of two, which compilers make of loops that they unroll. That there is
  ;; a multiple of two between is for the test to say.
  ;; VECTOR-LABEL: define {{.*}}@f6(
  ;; VECTOR: and i32 {{.*}}, 1
  ;; VECTOR: load volatile i32
  ;; VECTOR: vector.body
  ;; VECTOR: load <4 x i32>
  ;; VECTOR: @llvm.smax.v4i32
  ;; VECTOR: ret i32
  (func (export "greatest") (param $p i32) (param $i i32) (param $n i32) (param $best i32)
    (result i32) (local $x i32)
    (loop $next
      (local.set $x (i32.load (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2)))))
      (local.set $best (select (local.get $x) (local.get $best)
        (i32.gt_s (local.get $x) (local.get $best))))
      (local.set $x
        (i32.load offset=4 (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2)))))
      (local.set $best (select (local.get $x) (local.get $best)
        (i32.gt_s (local.get $x) (local.get $best))))
      (local.set $i (i32.add (local.get $i) (i32.const 2)))
      (br_if $next (i32.ne (local.get $i) (local.get $n))))
    (local.get $best))

  ;; A difference depends on the order: not rolled.
  ;; VECTOR-LABEL: define {{.*}}@f7(
  ;; VECTOR-NOT: load <{{4|8}} x i32>
  ;; VECTOR: ret i32
  (func (export "in_order") (param $p i32) (param $n i32) (param $s i32) (result i32)
    (loop $next
      (local.set $s (i32.sub (i32.load offset=4 (local.get $p))
        (i32.sub (i32.load (local.get $p)) (i32.mul (local.get $s) (i32.const 3)))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))

  ;; Ends where a number is found, which no test can tell.
  ;; VECTOR-LABEL: define {{.*}}@f8(
  ;; VECTOR-NOT: fence
  ;; VECTOR: ret void
  (func (export "to_a_number") (param $p i32) (param $q i32)
    (loop $next
      (i32.store (local.get $q) (i32.load (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $next (i32.load (local.get $q)))))

  ;; Ten times a lot is worth a test, fifteen times a little is not.
  ;; VECTOR-LABEL: define {{.*}}@f9(
  ;; VECTOR: fence
  ;; VECTOR: ret void
  (func (export "ten_times_much") (param $p i32) (param $q i32) (local $i i32) (local $x i32)
    (loop $next
      (local.set $x (i32.load (i32.add (local.get $p) (local.get $i))))
      (i32.store (local.get $q) (i32.add (local.get $x) (i32.load (local.get $q))))
      (i32.store offset=80 (local.get $q)
        (i32.sub (local.get $x) (i32.load offset=80 (local.get $q))))
      (i32.store offset=160 (local.get $q)
        (i32.xor (local.get $x) (i32.load offset=160 (local.get $q))))
      (i32.store offset=240 (local.get $q)
        (i32.mul (local.get $x) (i32.load offset=240 (local.get $q))))
      (i32.store offset=320 (local.get $q)
        (i32.rotl (local.get $x) (i32.load offset=320 (local.get $q))))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (br_if $next
        (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 80)))))

  ;; VECTOR-LABEL: define {{.*}}@f10(
  ;; VECTOR-NOT: fence
  ;; VECTOR: load volatile i32
  ;; VECTOR: br i1
  ;; VECTOR-NOT: fence
  ;; VECTOR: ret void
  (func (export "fifteen_times_little") (param $p i32) (param $q i32) (local $i i32) (local $x i32)
    (loop $next
      (local.set $x (i32.load (i32.add (local.get $p) (local.get $i))))
      (local.set $x (i32.add (i32.mul (local.get $x) (local.get $x)) (i32.const 51)))
      (local.set $x (i32.xor (i32.mul (local.get $x) (local.get $x)) (i32.const 52)))
      (local.set $x (i32.add (i32.mul (local.get $x) (local.get $x)) (i32.const 53)))
      (local.set $x (i32.xor (i32.mul (local.get $x) (local.get $x)) (i32.const 54)))
      (local.set $x (i32.add (i32.mul (local.get $x) (local.get $x)) (i32.const 55)))
      (local.set $x (i32.xor (i32.mul (local.get $x) (local.get $x)) (i32.const 56)))
      (local.set $x (i32.add (i32.mul (local.get $x) (local.get $x)) (i32.const 57)))
      (local.set $x (i32.xor (i32.mul (local.get $x) (local.get $x)) (i32.const 58)))
      (local.set $x (i32.add (i32.mul (local.get $x) (local.get $x)) (i32.const 59)))
      (local.set $x (i32.xor (i32.mul (local.get $x) (local.get $x)) (i32.const 60)))
      (i32.store (i32.add (local.get $q) (local.get $i)) (local.get $x))
      (br_if $next
        (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 120)))))
  ;; Rows that are as long as is known only when they come: one test for all of them.
  ;; VECTOR-LABEL: define {{.*}}@f11(
  ;; VECTOR: icmp ult i64 %{{.*}}, 1099511627777
  ;; VECTOR: load volatile i32
  ;; VECTOR-NOT: icmp sle
  ;; VECTOR: vector.body
  ;; VECTOR: store <4 x i32>
  ;; VECTOR-NOT: icmp sle
  ;; VECTOR: fence
  ;; VECTOR-NOT: br i1
  ;; VECTOR: ret void
  ;; EXPLICIT-LABEL: define {{.*}}@f11(
  ;; EXPLICIT: store <4 x i32>
  ;; EXPLICIT: ret void
  (func (export "rows") (param $p i32) (param $q i32) (param $n i32) (param $m i32)
    (local $i i32) (local $j i32)
    (loop $row
      (local.set $j (i32.const 0))
      (loop $next
        (i32.store (i32.add (local.get $q)
            (i32.shl (i32.add (local.get $j) (i32.mul (local.get $i) (local.get $n))) (i32.const 2)))
          (i32.add (i32.const 3) (i32.load (i32.add (local.get $p)
            (i32.shl (i32.add (local.get $j) (i32.mul (local.get $i) (local.get $n)))
                     (i32.const 2))))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $j) (local.get $n))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $row (i32.lt_u (local.get $i) (local.get $m)))))

  ;; Each row from the one before: no test could tell all of them apart, so each has one.
  ;; VECTOR-LABEL: define {{.*}}@f12(
  ;; VECTOR: mul i32
  ;; VECTOR: br i1
  ;; VECTOR: vector.body
  ;; VECTOR: store <4 x i32>
  ;; VECTOR: fence
  ;; VECTOR: br i1
  ;; VECTOR: ret void
  (func (export "rows_of_one") (param $q i32) (param $n i32) (param $m i32)
    (local $i i32) (local $j i32)
    (loop $row
      (local.set $j (i32.const 0))
      (loop $next
        (i32.store (i32.add (i32.add (local.get $q) (i32.shl (local.get $n) (i32.const 2)))
            (i32.shl (i32.add (local.get $j) (i32.mul (local.get $i) (local.get $n))) (i32.const 2)))
          (i32.add (i32.const 3) (i32.load (i32.add (local.get $q)
            (i32.shl (i32.add (local.get $j) (i32.mul (local.get $i) (local.get $n)))
                     (i32.const 2))))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $j) (local.get $n))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $row (i32.lt_u (local.get $i) (local.get $m)))))

  ;; A column that lies anywhere is none.
  ;; VECTOR-LABEL: define {{.*}}@f13(
  ;; VECTOR-NOT: fence
  ;; VECTOR: ret i32
  ;; With explicit checks it loses them.
  ;; EXPLICIT-LABEL: define {{.*}}@f13(
  ;; EXPLICIT: fence
  ;; EXPLICIT: ret i32
  (func (export "column") (param $p i32) (param $n i32) (param $m i32) (result i32) (local $s i32)
    (loop $next
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (local.get $m)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  ;; At known addresses it is known how far what is accessed is aligned.
  ;; VECTOR-LABEL: define {{.*}}@f14(
  ;; VECTOR: load volatile i64, {{.*}} align 1
  ;; VECTOR: load <2 x i64>, {{.*}} align 16
  ;; VECTOR: store <2 x i64> {{.*}} align 8
  ;; VECTOR: ret void
  (func (export "aligned") (param $n i32) (local $i i32)
    (loop $next
      (i64.store offset=1032 (i32.shl (local.get $i) (i32.const 3))
        (i64.mul (i64.const 3) (i64.load offset=4096 (i32.shl (local.get $i) (i32.const 3)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))
)
