;; RUN: IR --target=aarch64 --emit=ir -O2
;; RUN: SIZE --target=aarch64 --emit=ir -Os
;; RUN: CHECKED --target=aarch64 --emit=ir -O2 --bounds-checks=explicit
;; RUN: FRAMES --target=aarch64 --emit=ir -O2 --dump-call-stack-features=locals
;; A small function that calls itself takes several steps in one frame.
(module
  ;; Four of them; where size is asked for, or each frame is looked at, one.
  ;; IR-LABEL: define {{.*}}@f0(
  ;; IR: add i32 %{{[^ ]+}}, -4
  ;; IR: call i32 @f0(
  ;; IR-NOT: call i32 @f0(
  ;; IR-LABEL: define {{.*}}@f1(
  ;; SIZE-LABEL: define {{.*}}@f0(
  ;; SIZE: add i32 %{{[^ ]+}}, -1
  ;; SIZE: call i32 @f0(
  ;; SIZE-NOT: call i32 @f0(
  ;; SIZE-LABEL: define {{.*}}@f1(
  ;; FRAMES-LABEL: define {{.*}}@f0(
  ;; FRAMES: call i32 @f0(
  ;; FRAMES-NOT: call i32 @f0(
  ;; FRAMES-LABEL: define {{.*}}@f1(
  (func $sum (export "sum") (param $n i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 7))
      (else (i32.xor (local.get $n) (call $sum (i32.sub (local.get $n) (i32.const 1)))))))

  ;; Three calls are nine in the second step: one is enough.
  ;; IR-COUNT-9: call i32 @f1(
  ;; IR-NOT: call i32 @f1(
  ;; IR-LABEL: define {{.*}}@f2(
  (func $three (export "three") (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 3))
      (then (local.get $n))
      (else
        (i32.add (call $three (i32.sub (local.get $n) (i32.const 1)))
          (i32.mul (call $three (i32.sub (local.get $n) (i32.const 2)))
            (call $three (i32.sub (local.get $n) (i32.const 3))))))))

  ;; Nothing that does more.
  ;; IR-COUNT-1: call i32 @f2(
  ;; IR-NOT: call i32 @f2(
  ;; IR-LABEL: define {{.*}}@f3(
  (memory 1)
  (func $large (export "large") (param $n i32) (result i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
    (local.set $a (i32.load (local.get $n)))
    (local.set $b (i32.load offset=4 (local.get $n)))
    (local.set $c (i32.load offset=8 (local.get $n)))
    (local.set $d (i32.load offset=12 (local.get $n)))
    (i32.store (local.get $a) (local.get $b))
    (i32.store (local.get $c) (local.get $d))
    (i32.store (local.get $b) (local.get $d))
    (i32.add (i32.mul (local.get $a) (local.get $b))
      (i32.add (i32.mul (local.get $c) (local.get $d))
        (call $large (i32.load (i32.add (local.get $a) (local.get $d)))))))

  ;; Checks of addresses don't count, only what they are computed from.
  ;; IR-COUNT-8: call i32 @f3(
  ;; IR-NOT: call i32 @f3(
  ;; IR: ret i32
  ;; CHECKED-LABEL: define {{.*}}@f3(
  ;; CHECKED-COUNT-4: call i32 @f3(
  ;; CHECKED-NOT: call i32 @f3(
  ;; CHECKED: ret i32
  (func $count (export "count") (param $tree i32) (result i32)
    (if (result i32) (local.get $tree)
      (then
        (i32.add (i32.const 1)
          (i32.add (call $count (i32.load (local.get $tree)))
            (call $count (i32.load offset=4 (local.get $tree))))))
      (else (i32.const 0)))))
